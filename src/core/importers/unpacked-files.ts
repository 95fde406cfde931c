import { stat } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'
import type { ImportCandidate } from './importer.ts'

const atOnce = 64

/** An image that was written into the project, before its size and time are known. */
export type UnpackedFile = Omit<ImportCandidate, 'sizeBytes' | 'modifiedMs'>

/** Waits for all lanes, also where one has failed: what was unpacked for nothing is deleted then, and nobody may be writing it. @throws what the first threw */
export async function allLanes(lanes: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(lanes)
  await Promise.all(lanes)
}

/** Adds size and time of each. */
export async function withStats(files: readonly UnpackedFile[]): Promise<ImportCandidate[]> {
  const candidates: ImportCandidate[] = []
  for (let start = 0; start < files.length; start += atOnce) {
    const batch = await Promise.all(
      files.slice(start, start + atOnce).map(async (file) => {
        const { size, mtimeMs } = await stat(file.path)
        return { ...file, sizeBytes: size, modifiedMs: Math.trunc(mtimeMs) }
      }),
    )
    candidates.push(...batch)
  }
  return candidates
}

/** @throws what an imaging process says of the place that it writes to */
export function checkWritten(
  result: { status: string } | { status: 'failed'; code: 'disk-full' | 'internal'; message: string },
  folder: string,
): void {
  if (result.status !== 'failed' || !('code' in result)) return
  throw new AppError(
    result.code,
    result.code === 'disk-full'
      ? `The disk that holds ${folder} is full. What was unpacked is kept; free some space, and import again to go on.`
      : `Pictures could not be written below ${folder}: ${result.message}.`,
    { path: folder },
  )
}

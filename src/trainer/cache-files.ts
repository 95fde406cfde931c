import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { featureCacheFiles } from '../contract/feature-cache-files.ts'

/** The folders of a cache, each named by the key of its records. */
export function keysOf(folder: string): string[] {
  return listFolder(folder).filter((name) => featureCacheFiles.key.test(name))
}

/** Notes when a key was used, for {@link lastUse}. */
export function markUsed(folder: string): void {
  const path = join(folder, featureCacheFiles.used)
  try {
    mkdirSync(folder, { recursive: true })
    const now = new Date()
    if (sizeOf(path) === undefined) writeFileSync(path, '')
    utimesSync(path, now, now)
  } catch {
    // Only the order of deletion depends on it; a folder that cannot be written shows itself at the first record.
  }
}

/** Milliseconds since 1970; 0 where nobody knows. */
export function lastUse(folder: string): number {
  try {
    return statSync(join(folder, featureCacheFiles.used)).mtimeMs
  } catch {
    return 0
  }
}

/** Of the files in it; 0 where it is not there. */
export function folderBytes(folder: string): number {
  return listFolder(folder).reduce((sum, name) => sum + (sizeOf(join(folder, name)) ?? 0), 0)
}

export function deleteKey(folder: string, key: string): void {
  rmSync(join(folder, key), { recursive: true, force: true })
}

/** The names in a folder; none where it is not there. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

export function readWholeFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Writes all bytes, however many the system takes at once. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}

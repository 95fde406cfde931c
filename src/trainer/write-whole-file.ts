import { AppError } from '../contract/errors.ts'
import { replaceFile } from '../imaging/replace-file.ts'

/**
 * Writes a file whole or not at all, and waits until the disk has it.
 *
 * @throws AppError 'disk-full'; other errors of the system as they are
 */
export function writeWholeFile(path: string, bytes: Uint8Array): void {
  try {
    replaceFile(path, bytes, { durable: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error
    throw new AppError(
      'disk-full',
      `${path} needs ${bytes.length} bytes and the disk is full. Free some space, then go on from the last checkpoint.`,
      { path, bytes: bytes.length },
    )
  }
}

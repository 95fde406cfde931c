import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a whole file so that, whatever dies, the path holds either what it held before or all of `chunks`: temporary name, fsync,
 * rename, fsync of the folder.
 *
 * @throws what the file system says; the temporary file is gone then
 */
export function writeFileDurably(path: string, chunks: string | Uint8Array | Iterable<Uint8Array>): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = openSync(temporary, 'w')
    try {
      for (const chunk of toChunks(chunks)) writeWhole(file, chunk)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

function toChunks(chunks: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof chunks === 'string') return [Buffer.from(chunks)]
  return chunks instanceof Uint8Array ? [chunks] : chunks
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset)
}

function syncFolder(folder: string): void {
  // Windows opens no folders; its rename is durable by itself.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

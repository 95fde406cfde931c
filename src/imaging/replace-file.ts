import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

let counter = 0

function openForWriting(path: string): number {
  try {
    return openSync(path, 'wx')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'wx')
  }
}

/**
 * Writes a whole file under a temporary name and renames it, so that no reader ever sees half of one.
 *
 * @param durable waits until the bytes and the folder's entry are on the disk
 * @throws the system's error; the temporary file is gone then
 */
export function replaceFile(path: string, bytes: Uint8Array, { durable }: { durable: boolean }): void {
  counter += 1
  const temporary = `${path}.${process.pid}.${counter}.tmp`
  const descriptor = openForWriting(temporary)
  try {
    try {
      let written = 0
      while (written < bytes.length) written += writeSync(descriptor, bytes, written)
      if (durable) fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  if (durable && process.platform !== 'win32') {
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  }
}

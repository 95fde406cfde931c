import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'

/** A file that is read in pieces. */
export interface RandomAccess {
  readonly size: number
  /**
   * The bytes from `begin` up to `begin + length`, in a new buffer.
   *
   * @throws AppError 'weights-invalid' where the file ends before that
   */
  readonly read: (begin: number, length: number) => Uint8Array<ArrayBuffer>
  /** Fills a part of `target`. @returns the number of bytes, less than `length` only where the file ends */
  readonly readInto: (target: Uint8Array, offset: number, length: number, begin: number) => number
  readonly close: () => void
}

/** @throws AppError 'source-not-found' where there is no such file, 'permission-denied' where it may not be read */
export function openRandomAccess(path: string): RandomAccess {
  const file = openFile(path)
  const stats = fstatSync(file)
  if (!stats.isFile()) {
    closeSync(file)
    throw new AppError('source-not-found', `${path} should be a file of weights; it is a folder.`, { path })
  }
  const { size } = stats
  const readInto = (target: Uint8Array, offset: number, length: number, begin: number): number => {
    let done = 0
    while (done < length) {
      const count = readSync(file, target, offset + done, length - done, begin + done)
      if (count === 0) break
      done += count
    }
    return done
  }
  return {
    size,
    readInto,
    read(begin, length) {
      // Before memory is taken.
      if (!(length >= 0 && begin >= 0 && begin + length <= size)) throw cutOff(begin, length, size)
      const bytes = new Uint8Array(length)
      if (readInto(bytes, 0, length, begin) !== length) throw cutOff(begin, length, size)
      return bytes
    },
    close: () => closeSync(file),
  }
}

/** A part of a file as a file of its own, which needs no closing. */
export function partOf(whole: RandomAccess, start: number, size: number): RandomAccess {
  return {
    size,
    readInto: (target, offset, length, begin) =>
      whole.readInto(target, offset, Math.min(length, Math.max(0, size - begin)), start + begin),
    read(begin, length) {
      if (!(length >= 0 && begin >= 0 && begin + length <= size)) throw cutOff(begin, length, size)
      return whole.read(start + begin, length)
    },
    close() {},
  }
}

/** Bytes in memory as a file. */
export function bytesAsFile(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    readInto(target, offset, length, begin) {
      const part = bytes.subarray(begin, begin + length)
      target.set(part, offset)
      return part.length
    },
    read(begin, length) {
      if (!(length >= 0 && begin >= 0 && begin + length <= bytes.length))
        throw cutOff(begin, length, bytes.length)
      return Uint8Array.from(bytes.subarray(begin, begin + length))
    },
    close() {},
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AppError('source-not-found', `There is no file at ${path}. Check the path.`, { path })
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError('permission-denied', `${path} may not be read: ${message}.`, { path })
    }
    throw error
  }
}

function cutOff(begin: number, length: number, size: number): AppError {
  return new AppError(
    'weights-invalid',
    `The file should have ${length} bytes from ${begin} on, and ends at ${size}. It is cut off or damaged; get it again.`,
    { begin, length, size },
  )
}

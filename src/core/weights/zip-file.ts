import { inflateRawSync } from 'node:zlib'
import * as yauzl from 'yauzl'
import { bytesAsFile, openRandomAccess, partOf, type RandomAccess } from './random-access.ts'
import { compressedAllowanceBytes, damaged } from './weights-file.ts'

/** An entry of an archive. */
export interface ZipEntry {
  readonly name: string
  /** Unpacked. */
  readonly size: number
  /** A part of its bytes, unpacked. @throws AppError 'weights-invalid' */
  readonly read: (begin: number, length: number) => Uint8Array
  /** All of it as a file: where it is not compressed, read from the archive's own. The archive must stay open. */
  readonly asFile: () => RandomAccess
}

/** An open zip archive, zip64 included. */
export interface ZipFile {
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly close: () => void
}

const mostEntries = 100_000
const zipStart = [0x50, 0x4b, 0x03, 0x04]
const methods = { stored: 0, deflated: 8 }

/** Whether a file with this start is a zip archive. */
export function isZip(start: Uint8Array): boolean {
  return zipStart.every((byte, index) => start[index] === byte)
}

/**
 * Opens a zip archive. Nothing is unpacked to a name of its own.
 *
 * @throws AppError 'weights-invalid' where it is damaged, encrypted, or would unpack to far more than it is
 */
export async function openZip(path: string): Promise<ZipFile> {
  const access = openRandomAccess(path)
  let archive: yauzl.ZipFile | undefined
  const close = (): void => {
    access.close()
    archive?.close()
  }
  try {
    archive = await guarded(() => openArchive(access))
    const entries = new Map<string, ZipEntry>()
    let unpacked = 0
    for (const entry of await guarded(() => listEntries(archive as yauzl.ZipFile))) {
      if (entry.fileName.endsWith('/')) continue
      unpacked += entry.uncompressedSize
      if (unpacked > access.size + compressedAllowanceBytes) {
        throw damaged('zip', `it would unpack to more than ${unpacked} bytes, and has ${access.size}`)
      }
      if (entries.has(entry.fileName)) throw damaged('zip', `it has two entries named '${entry.fileName}'`)
      entries.set(entry.fileName, await openEntry(archive, entry, access))
    }
    return { entries, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Reads for yauzl, at once: an error that a damaged offset leads to is then thrown where it is caught, while yauzl's own reading
 * throws where nobody can.
 */
class ArchiveReader extends yauzl.RandomAccessReader {
  readonly #access: RandomAccess

  constructor(access: RandomAccess) {
    super()
    this.#access = access
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const isWithin = position >= 0 && length >= 0 && position + length <= this.#access.size
    if (isWithin && this.#access.readInto(buffer, offset, length, position) === length) callback(null)
    else callback(new Error(`it should have ${length} bytes from ${position} on`))
  }
}

function openArchive(access: RandomAccess): Promise<yauzl.ZipFile> {
  const options = { lazyEntries: true, autoClose: false, strictFileNames: true }
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(new ArchiveReader(access), access.size, options, (error, archive) => {
      if (error) reject(error)
      else resolve(archive)
    })
  })
}

function listEntries(archive: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = []
    if (archive.entryCount > mostEntries) return reject(new Error(`it has ${archive.entryCount} entries`))
    const next = (): void => {
      try {
        archive.readEntry()
      } catch (error) {
        reject(error as Error)
      }
    }
    archive.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry)
      // Not at once: each would be called by the one before it.
      setImmediate(next)
    })
    archive.on('end', () => resolve(entries))
    archive.on('error', reject)
    next()
  })
}

async function openEntry(
  archive: yauzl.ZipFile,
  entry: yauzl.Entry,
  access: RandomAccess,
): Promise<ZipEntry> {
  const { fileName: name, uncompressedSize: size, compressedSize, compressionMethod: method } = entry
  if (entry.isEncrypted()) throw damaged('zip', `its entry '${name}' is encrypted`)
  if (method !== methods.stored && method !== methods.deflated) {
    throw damaged('zip', `its entry '${name}' is compressed by a method (${method}) that is not deflate`)
  }
  const { fileDataStart } = await guarded(
    () =>
      new Promise<{ fileDataStart: number }>((resolve, reject) => {
        archive.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
          if (error) reject(error)
          else resolve(header)
        })
      }),
  )
  if (method === methods.stored && compressedSize !== size) {
    throw damaged('zip', `its entry '${name}' is not compressed, and has two sizes`)
  }
  const unpack = (): Uint8Array => {
    const whole = inflate(name, access.read(fileDataStart, compressedSize), size)
    if (whole.length !== size) throw damaged('zip', `its entry '${name}' should have ${size} bytes`)
    return whole
  }
  return {
    name,
    size,
    read(begin, length) {
      if (!(begin >= 0 && length >= 0 && begin + length <= size)) {
        throw damaged('zip', `its entry '${name}' of ${size} bytes should have ${length} from ${begin} on`)
      }
      if (method === methods.stored) return access.read(fileDataStart + begin, length)
      // In a buffer of its own.
      return Uint8Array.from(unpack().subarray(begin, begin + length))
    },
    asFile: () => (method === methods.stored ? partOf(access, fileDataStart, size) : bytesAsFile(unpack())),
  }
}

function inflate(name: string, packed: Uint8Array, size: number): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  } catch (error) {
    throw damaged(
      'zip',
      `its entry '${name}' cannot be unpacked (${error instanceof Error ? error.message : ''})`,
    )
  }
}

async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    // The disk's own errors are not the archive's.
    if (error instanceof Error && 'syscall' in error) throw error
    throw damaged('zip', error instanceof Error ? error.message : String(error))
  }
}

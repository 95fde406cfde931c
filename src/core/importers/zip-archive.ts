import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { buffer as bufferOf } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import * as yauzl from 'yauzl'
import { AppError } from '../../contract/errors.ts'

/** A file in a zip archive. */
export interface ArchivedFile {
  /** As the archive has it, with forward slashes. May lead anywhere: it is compared and shown, and never opened. */
  name: string
  sizeBytes: number
  /** Why it cannot be read; null where it can. */
  problem: string | null
  /** All of its bytes. @throws where it is damaged */
  read(): Promise<Buffer>
}

export interface ZipArchive {
  /** In the archive's order, without folders. */
  files: ArchivedFile[]
  /** Hexadecimal, of names, sizes and checksums. */
  digest: string
  close(): void
}

const mostEntries = 5_000_000
const unicodePathField = 0x7075

export async function isZipFile(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    const mark = bytesRead === 4 ? buffer.readUInt32LE(0) : 0
    return mark === 0x04034b50 || mark === 0x06054b50
  } finally {
    await file.close()
  }
}

function damaged(path: string, problem: string): AppError {
  return new AppError(
    'import-invalid',
    `${path} should be a zip archive with images, but ${problem}. Get or make the archive again.`,
    { path, reason: problem },
  )
}

function decodes(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** UTF-8 where it is that, marked or not; else the code page of Chinese Windows, else that of DOS. */
function nameOf(entry: yauzl.Entry): string {
  const { fileNameRaw: raw, generalPurposeBitFlag: flag, extraFields } = entry
  const isMarked = (flag & 0x0800) !== 0 || extraFields.some(({ id }) => id === unicodePathField)
  const guessed = isMarked ? null : (decodes(raw, 'utf-8') ?? decodes(raw, 'gb18030'))
  const name = guessed ?? yauzl.getFileNameLowLevel(flag, raw, extraFields, false)
  return name.replaceAll('\\', '/')
}

function problemOf(entry: yauzl.Entry): string | null {
  if (entry.isEncrypted()) return 'It is encrypted.'
  if (entry.canDecodeFileData()) return null
  return `It is compressed by a method (${entry.compressionMethod}) that is not deflate.`
}

function readEntry(archive: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (error) return reject(error)
      bufferOf(stream).then((bytes) => {
        if (crc32(bytes) === entry.crc32) resolve(bytes)
        else reject(new Error('its checksum is another'))
      }, reject)
    })
  })
}

/**
 * Opens a zip archive, zip64 included, and lists what is in it. Nothing is unpacked.
 *
 * @throws import-invalid where it is damaged
 */
export function openZipArchive(path: string): Promise<ZipArchive> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(damaged(path, error.message))
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false }
    yauzl.open(path, options, (error, archive) => {
      if (error) return fail(error)
      const files: ArchivedFile[] = []
      const hash = createHash('sha256')
      if (archive.entryCount > mostEntries) {
        archive.close()
        return fail(new Error(`it has ${archive.entryCount} entries`))
      }
      archive.on('entry', (entry: yauzl.Entry) => {
        const name = nameOf(entry)
        if (!name.endsWith('/')) {
          hash.update(JSON.stringify([name, entry.uncompressedSize, entry.crc32]))
          files.push({
            name,
            sizeBytes: entry.uncompressedSize,
            problem: problemOf(entry),
            read: () => readEntry(archive, entry),
          })
        }
        archive.readEntry()
      })
      archive.on('end', () => resolve({ files, digest: hash.digest('hex'), close: () => archive.close() }))
      archive.on('error', (problem: Error) => {
        archive.close()
        fail(problem)
      })
      archive.readEntry()
    })
  })
}

import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'
import { AppError } from '../../../contract/errors.ts'

/** An entry of a zip archive. */
export interface ZipEntry {
  name: string
  /** 0 stored, 8 deflate. */
  method: number
  compressedBytes: number
  sizeBytes: number
  headerOffset: number
}

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50

/**
 * Reads the central directory of a zip archive below 4 GB (no zip64).
 * @throws AppError invalid-input where the file is no such archive.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3
 */
export async function readZipEntries(path: string): Promise<Map<string, ZipEntry>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const tail = await readRange(file, Math.max(0, size - 65557), Math.min(size, 65557))
    let end = tail.length - 22
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--
    if (end < 0) throw notAnArchive(path, 'no end of central directory was found')
    const count = tail.readUInt16LE(end + 10)
    const directoryBytes = tail.readUInt32LE(end + 12)
    const directoryOffset = tail.readUInt32LE(end + 16)
    if (directoryOffset + directoryBytes > size) throw notAnArchive(path, 'its directory lies past its end')
    const directory = await readRange(file, directoryOffset, directoryBytes)
    const entries = new Map<string, ZipEntry>()
    let at = 0
    for (let index = 0; index < count; index++) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== centralSignature) {
        throw notAnArchive(path, `entry ${index} of its directory is damaged`)
      }
      const nameBytes = directory.readUInt16LE(at + 28)
      const name = directory.toString('utf8', at + 46, at + 46 + nameBytes)
      entries.set(name, {
        name,
        method: directory.readUInt16LE(at + 10),
        compressedBytes: directory.readUInt32LE(at + 20),
        sizeBytes: directory.readUInt32LE(at + 24),
        headerOffset: directory.readUInt32LE(at + 42),
      })
      at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    }
    return entries
  } finally {
    await file.close()
  }
}

/**
 * Streams one entry into `target`.
 * @param onBytes called with the bytes written since the last call.
 * @returns the SHA-256 of what was written.
 * @throws AppError invalid-input where the entry is damaged.
 */
export async function extractZipEntry(
  path: string,
  entry: ZipEntry,
  target: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<string> {
  const file = await open(path, 'r')
  try {
    const header = await readRange(file, entry.headerOffset, 30)
    if (header.length < 30 || header.readUInt32LE(0) !== localSignature || ![0, 8].includes(entry.method)) {
      throw notAnArchive(path, `the entry ${entry.name} is damaged`)
    }
    const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    const hash = createHash('sha256')
    let written = 0
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        written += chunk.length
        onBytes(chunk.length)
        done(null, chunk)
      },
    })
    const output = createWriteStream(target, { mode: 0o644, flush: true })
    if (entry.compressedBytes === 0) {
      await pipeline(measure.end(), output)
    } else {
      const input = file.createReadStream({
        start,
        end: start + entry.compressedBytes - 1,
        autoClose: false,
        highWaterMark: 1 << 20,
      })
      if (entry.method === 0) await pipeline(input, measure, output)
      else await pipeline(input, createInflateRaw({ chunkSize: 1 << 20 }), measure, output)
    }
    if (written !== entry.sizeBytes) {
      throw notAnArchive(path, `the entry ${entry.name} has ${written} bytes instead of ${entry.sizeBytes}`)
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}

async function readRange(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function notAnArchive(path: string, what: string): AppError {
  return new AppError('invalid-input', `${path} is not a whole zip archive: ${what}. Download it again.`, {
    path,
  })
}

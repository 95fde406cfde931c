import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../contract/errors.ts'

/** A regular file in a tar archive. */
export interface TarEntry {
  /** As the archive has it, with forward slashes: a name to compare, never a path to write to. */
  name: string
  sizeBytes: number
  /** Its bytes, in order; what is not taken is passed over. */
  content: AsyncIterable<Buffer>
}

const blockBytes = 512

/** @returns whether a file is compressed by gzip, by its first two bytes */
export async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

function damaged(path: string, problem: string): AppError {
  return new AppError(
    'import-invalid',
    `${path} should be a tar archive, compressed by gzip or not, but ${problem}. Get the file again.`,
    { path, reason: problem },
  )
}

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function numberOf(header: Buffer, start: number, length: number): number {
  // Base 256 where the first bit is set: sizes of 8 GiB and more, which no data set here has.
  return /^[0-7]+$/.test(textOf(header, start, length).trim())
    ? parseInt(textOf(header, start, length).trim(), 8)
    : NaN
}

function checksumIsRight(header: Buffer): boolean {
  let sum = 8 * 0x20
  for (let index = 0; index < blockBytes; index += 1) {
    if (index < 148 || index >= 156) sum += header[index] as number
  }
  return sum === numberOf(header, 148, 8)
}

/**
 * The regular files of a tar archive, one after another. Nothing is written anywhere.
 *
 * @throws AppError 'import-invalid' where the archive is damaged
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export async function* tarEntries(path: string): AsyncGenerator<TarEntry> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const gunzip = (await isGzip(path)) ? createGunzip({ chunkSize: 1 << 20 }) : null
  if (gunzip) {
    file.on('error', (error) => gunzip.destroy(error))
    file.pipe(gunzip)
  }
  const stream = gunzip ?? file
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let buffered: Buffer = Buffer.alloc(0)

  /** @returns up to `most` bytes; none at the end */
  async function take(most: number): Promise<Buffer> {
    while (buffered.length === 0) {
      const next = await chunks.next().catch((error: unknown) => {
        throw damaged(path, error instanceof Error ? error.message : String(error))
      })
      if (next.done) return buffered
      buffered = next.value
    }
    const taken = buffered.subarray(0, most)
    buffered = buffered.subarray(taken.length)
    return taken
  }

  async function takeBlock(): Promise<Buffer | null> {
    const parts: Buffer[] = []
    let length = 0
    while (length < blockBytes) {
      const part = await take(blockBytes - length)
      if (part.length === 0) {
        if (length === 0) return null
        throw damaged(path, 'it ends in the middle of a block')
      }
      parts.push(part)
      length += part.length
    }
    return Buffer.concat(parts)
  }

  try {
    for (let header = await takeBlock(); header; header = await takeBlock()) {
      if (header.every((byte) => byte === 0)) return
      const size = numberOf(header, 124, 12)
      if (!checksumIsRight(header) || !Number.isSafeInteger(size)) {
        throw damaged(path, 'one of its headers is none')
      }
      let left = size
      const content = async function* (): AsyncGenerator<Buffer> {
        while (left > 0) {
          const part = await take(left)
          if (part.length === 0) throw damaged(path, 'it ends in the middle of a file')
          left -= part.length
          yield part
        }
      }
      const type = header[156]
      if (type === 0 || type === 0x30) {
        const prefix = textOf(header, 257, 5) === 'ustar' ? textOf(header, 345, 155) : ''
        const name = textOf(header, 0, 100)
        yield { name: prefix === '' ? name : `${prefix}/${name}`, sizeBytes: size, content: content() }
      }
      for (let padding = left + ((blockBytes - (size % blockBytes)) % blockBytes); padding > 0;) {
        const part = await take(padding)
        if (part.length === 0) throw damaged(path, 'it ends in the middle of a file')
        padding -= part.length
      }
    }
  } finally {
    stream.destroy()
    file.destroy()
  }
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/**
 * @param onBytes called with the bytes read since the last call.
 * @returns the SHA-256 of a file's bytes, in lower-case hexadecimal.
 */
export async function sha256OfFile(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    onBytes(chunk.length)
  }
  return hash.digest('hex')
}

import { webcrypto } from 'node:crypto'
import { decodeImage, type DecodeFailure, type DecodeOptions } from '../imaging/decode.ts'
import { readWhole } from '../imaging/read.ts'
import { nativeDecoder } from './engines/native-decoder/native-decoder.ts'

/**
 * Reads and decodes an image for a network, and makes sure that it is the one its hash names: a record is kept under that hash, and would
 * otherwise be found for an image that it does not belong to. Training and prediction both come through here. JPEG files that are to be
 * reduced go to the native decoder where it is set up, all others to `decodeImage`; the two agree to 2 of 255 on average.
 *
 * @param path absolute
 * @param sha256 that its bytes must have, in lower-case hexadecimal; empty: whatever they are
 * @returns uint8 `[height, width, 3]`; or the reason, where the file is no usable picture or another one. A bad file never throws.
 * @see docs/decisions/0006-native-jpeg-decoder.md
 */
export async function decodeForNetwork(
  path: string,
  sha256: string,
  options: DecodeOptions,
): Promise<Uint8Array | DecodeFailure> {
  const { width, height, resize } = options
  const decoded = await nativeDecoder()?.decode(path, sha256, width, height, resize === 'stretch')
  if (decoded != null) return decoded
  const bytes = readWhole(path)
  if (!Buffer.isBuffer(bytes)) return { reason: bytes.reason, detail: bytes.detail }
  // Both run on libuv's threads.
  const digest = sha256 === '' ? null : webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  const pixels = await decodeImage(bytes, options)
  if (digest === null || !(pixels instanceof Uint8Array)) return pixels
  if (Buffer.from(await digest).toString('hex') === sha256) return pixels
  return {
    reason: 'unreadable',
    detail: 'Its bytes are not those that were imported: the file was changed. Import it again.',
  }
}

import { open } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'

/** A list of images with more is none: a million lines have about a tenth. */
const mostBytes = 2 ** 30

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * The text of a file in UTF-8, with a byte order mark or not, or in UTF-16 with one.
 *
 * @throws import-invalid where it is in another encoding, which is named where it can be told, or is too large
 */
export async function readText(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > mostBytes) {
      throw new AppError(
        'import-invalid',
        `${path} has ${size} bytes; a list of images has at most ${mostBytes}. Choose another file.`,
        { path, received: size, expected: mostBytes },
      )
    }
    const bytes = await file.readFile()
    for (const encoding of ['utf-16le', 'utf-16be', 'utf-8']) {
      const marks = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff], 'utf-8': [] }[encoding] ?? []
      if (!marks.every((byte, index) => bytes[index] === byte)) continue
      if (decodes(bytes, encoding)) return new TextDecoder(encoding).decode(bytes)
    }
    const guess = decodes(bytes, 'gb18030') ? ' It seems to be in GBK.' : ''
    throw new AppError(
      'import-invalid',
      `${path} should be text in UTF-8, and is in another encoding.${guess} Save it as UTF-8 (in a spreadsheet: as "CSV UTF-8"), and import it again.`,
      { path, expected: 'UTF-8', received: guess === '' ? 'unknown' : 'GBK' },
    )
  } finally {
    await file.close()
  }
}

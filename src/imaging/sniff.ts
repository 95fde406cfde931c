/** Formats that a decoder here can read, and kinds that are recognised only to say what a file is instead. */
export const decodableFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const
export type DecodableFormat = (typeof decodableFormats)[number]

export type SniffedKind =
  | { kind: 'image'; format: DecodableFormat }
  /** An image that no decoder here reads. `name` is how people call the format. */
  | { kind: 'unsupported'; name: string }
  /** `name` says what it seems to be, for a person: 'an HTML page'. */
  | { kind: 'other'; name: string }

/** How many bytes `sniff` wants at most. */
export const sniffBytes = 512

/** Media type of each format that may be served. */
export const contentTypes: Record<DecodableFormat, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  tiff: 'image/tiff',
  avif: 'image/avif',
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end))
}

function startsWith(bytes: Uint8Array, ...prefix: number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte)
}

const avifBrands = ['avif', 'avis']
const heicBrands = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']

/** ISO base media: the major brand, or the compatible ones that follow it, say which format it is. */
function sniffIsoMedia(bytes: Uint8Array): SniffedKind {
  const boxEnd = Math.min(bytes.length, Math.max(16, (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0)))
  const brands: string[] = [ascii(bytes, 8, 12)]
  for (let offset = 16; offset + 4 <= boxEnd; offset += 4) brands.push(ascii(bytes, offset, offset + 4))
  if (brands.some((brand) => avifBrands.includes(brand))) return { kind: 'image', format: 'avif' }
  if (brands.some((brand) => heicBrands.includes(brand))) return { kind: 'unsupported', name: 'HEIC' }
  return { kind: 'other', name: 'a video or audio file' }
}

function sniffText(bytes: Uint8Array): SniffedKind | null {
  let text: string
  if (startsWith(bytes, 0xff, 0xfe)) text = new TextDecoder('utf-16le').decode(bytes)
  else if (startsWith(bytes, 0xfe, 0xff)) text = new TextDecoder('utf-16be').decode(bytes)
  else {
    if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return null
    text = new TextDecoder().decode(bytes)
  }
  const lower = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase()
  if (lower.startsWith('<!doctype html') || lower.startsWith('<html'))
    return { kind: 'other', name: 'an HTML page' }
  if (/<svg[\s>]/.test(lower)) return { kind: 'other', name: 'an SVG drawing' }
  if (lower.startsWith('<?xml')) return { kind: 'other', name: 'an XML file' }
  if (lower.startsWith('%!ps')) return { kind: 'other', name: 'a PostScript file' }
  if (lower.startsWith('version https://git-lfs')) return { kind: 'other', name: 'a Git LFS pointer' }
  return { kind: 'other', name: 'text' }
}

/**
 * What a file is, by its first bytes and never by its name.
 *
 * @param bytes the first `sniffBytes` bytes of the file, or all of a shorter one
 */
export function sniff(bytes: Uint8Array): SniffedKind {
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return { kind: 'image', format: 'jpeg' }
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))
    return { kind: 'image', format: 'png' }
  const head = ascii(bytes, 0, Math.min(bytes.length, 16))
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return { kind: 'image', format: 'gif' }
  if (head.startsWith('RIFF')) {
    if (head.slice(8, 12) === 'WEBP') return { kind: 'image', format: 'webp' }
    return { kind: 'other', name: 'a sound or video file' }
  }
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a)) {
    if (head.slice(8, 10) === 'CR') return { kind: 'unsupported', name: 'Canon raw' }
    return { kind: 'image', format: 'tiff' }
  }
  if (startsWith(bytes, 0x49, 0x49, 0x2b, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2b)) {
    return { kind: 'image', format: 'tiff' }
  }
  if (head.slice(4, 8) === 'ftyp') return sniffIsoMedia(bytes)
  if (head.startsWith('BM') && bytes.length >= 26 && startsWith(bytes.subarray(6), 0, 0, 0, 0)) {
    return { kind: 'unsupported', name: 'BMP' }
  }
  if (startsWith(bytes, 0, 0, 1, 0) && (bytes[4] ?? 0) > 0) return { kind: 'unsupported', name: 'ICO' }
  if (startsWith(bytes, 0xff, 0x0a) || ascii(bytes, 4, 8) === 'JXL ')
    return { kind: 'unsupported', name: 'JPEG XL' }
  if (startsWith(bytes, 0, 0, 0, 0x0c, 0x6a, 0x50) || startsWith(bytes, 0xff, 0x4f, 0xff, 0x51)) {
    return { kind: 'unsupported', name: 'JPEG 2000' }
  }
  if (head.startsWith('8BPS')) return { kind: 'unsupported', name: 'Photoshop' }
  if (/^P[1-7]\s/.test(head)) return { kind: 'unsupported', name: 'PNM' }
  if (head.startsWith('SIMPLE  =')) return { kind: 'unsupported', name: 'FITS' }
  if (startsWith(bytes, 0x76, 0x2f, 0x31, 0x01)) return { kind: 'unsupported', name: 'OpenEXR' }
  if (head.startsWith('%PDF')) return { kind: 'other', name: 'a PDF' }
  if (startsWith(bytes, 0x50, 0x4b, 3, 4)) return { kind: 'other', name: 'a zip archive or office file' }
  if (startsWith(bytes, 0x1f, 0x8b)) return { kind: 'other', name: 'a gzip archive' }
  if (startsWith(bytes, 0x7f, 0x45, 0x4c, 0x46) || head.startsWith('MZ'))
    return { kind: 'other', name: 'a program' }
  if (head.startsWith('SQLite format')) return { kind: 'other', name: 'an SQLite database' }
  return sniffText(bytes) ?? { kind: 'other', name: 'unknown bytes' }
}

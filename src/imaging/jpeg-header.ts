/** What a JPEG file says of itself before its pixels. */
export interface JpegHeader {
  /** Pixels as they are shown: turned by the EXIF orientation. */
  width: number
  height: number
  /** When the camera took it, by its clock without a time zone, as milliseconds since 1970 of that time in UTC; null: not said. */
  capturedAt: number | null
}

interface Exif {
  orientation: number
  capturedAt: number | null
}

/**
 * Reads the size and the EXIF data out of a JPEG's markers, which takes a twentieth of the time of asking a decoder.
 *
 * @returns null where it is laid out in a way that only a decoder should judge
 * @see ITU-T T.81, annex B; CIPA DC-008 (EXIF 2.32), 4.6
 */
export function readJpegHeader(bytes: Buffer): JpegHeader | null {
  let exif: Exif = { orientation: 1, capturedAt: null }
  let seenExif = false
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] as number
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) return null
    if (isStartOfFrame(marker)) {
      if (length < 8) return null
      const height = bytes.readUInt16BE(at + 5)
      const width = bytes.readUInt16BE(at + 7)
      if (width === 0 || height === 0) return null
      const { orientation, capturedAt } = exif
      return orientation >= 5 ? { width: height, height: width, capturedAt } : { width, height, capturedAt }
    }
    // Start of scan, end of image: no frame came before them.
    if (marker === 0xda || marker === 0xd9) return null
    if (marker === 0xe1 && !seenExif && bytes.toString('latin1', at + 4, at + 10) === 'Exif\0\0') {
      seenExif = true
      exif = readExif(bytes.subarray(at + 10, end))
    }
    at = end
  }
  return null
}

/** 0xc4, 0xc8 and 0xcc are tables and an extension. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

const tags = { orientation: 0x0112, exifFolder: 0x8769, originalTime: 0x9003, originalFraction: 0x9291 }
const mostEntries = 512

/** @param tiff the EXIF data, from its byte order on; damaged data says nothing */
function readExif(tiff: Buffer): Exif {
  const order = tiff.toString('latin1', 0, 2)
  const isLittle = order === 'II'
  if (!isLittle && order !== 'MM') return { orientation: 1, capturedAt: null }
  const short = (at: number): number =>
    at < 0 || at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const long = (at: number): number =>
    at < 0 || at + 4 > tiff.length ? 0 : isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)
  /** Where the entry with this tag lies in the folder of entries at `folder`; null: it has none. */
  const find = (folder: number, tag: number): number | null => {
    if (folder === 0) return null
    const count = Math.min(mostEntries, short(folder))
    for (let entry = 0; entry < count; entry += 1) {
      const at = folder + 2 + entry * 12
      if (short(at) === tag) return at
    }
    return null
  }
  const text = (entry: number | null): string => {
    if (entry === null) return ''
    const length = long(entry + 4)
    const at = length <= 4 ? entry + 8 : long(entry + 8)
    return tiff.toString('latin1', at, Math.min(tiff.length, at + Math.min(length, 32))).replace(/\0.*$/s, '')
  }

  const main = long(4)
  const orientationEntry = find(main, tags.orientation)
  const orientation = orientationEntry === null ? 1 : short(orientationEntry + 8)
  const folderEntry = find(main, tags.exifFolder)
  const folder = folderEntry === null ? 0 : long(folderEntry + 8)
  const time = text(find(folder, tags.originalTime))
  return {
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    capturedAt: parseTime(time, text(find(folder, tags.originalFraction))),
  }
}

function parseTime(time: string, fraction: string): number | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(time)?.slice(1).map(Number)
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number]
  if (year === 0 || month === 0 || day === 0) return null
  const milliseconds = /^\d+/.test(fraction)
    ? Math.floor(Number(`0.${/^\d+/.exec(fraction)?.[0]}`) * 1000)
    : 0
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
}

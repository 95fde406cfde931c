import sharp from 'sharp'

/**
 * A map enlarged to a square as a grey 8-bit PNG file, for an overlay: 0 is black, 1 is white.
 *
 * @param values `[height, width]`, in [0, 1]
 * @param side pixels of the square
 */
export function encodeGreyMap(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  side: number,
): Promise<Buffer> {
  const pixels = Uint8Array.from(values, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255))
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(side, side, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .png({ compressionLevel: 3 })
    .toBuffer()
}

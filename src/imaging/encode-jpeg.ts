import sharp from 'sharp'

const quality = 90

/**
 * Pixels as a JPEG file, for people to look at.
 *
 * @param pixels uint8 `[height, width, 3]`, sRGB
 */
export function encodeJpeg(
  pixels: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}

// Draws the PNG files of the icon from thaw.svg: node resources/icons/make-icons.mjs
import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'

const folder = new URL('.', import.meta.url)
const drawing = await readFile(new URL('thaw.svg', folder))
for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
  const picture = sharp(drawing, { density: (72 * size * 2) / 512 }).resize(size, size)
  const bytes = await picture.png({ compressionLevel: 9, palette: size > 64, colours: 256 }).toBuffer()
  await writeFile(new URL(`${size}x${size}.png`, folder), bytes)
}

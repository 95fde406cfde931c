import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { drawPicture } from './draw-picture.ts'
import type { DrawnImages, DrawRequest } from './protocol.ts'
import { replaceFile } from './replace-file.ts'
import { sampleClass } from './sample-classes.ts'
import { sampleFlaw, shownClass, type SampleFlaw } from './sample-flaws.ts'

/** Picture `index` belongs to class `index % classes`: any range of a sample has all classes about equally. */
export function samplePath(folder: string, index: number, classes: number): string {
  const { name } = sampleClass(index % classes)
  const number = String(Math.floor(index / classes) + 1).padStart(5, '0')
  return join(folder, name, `${name.replaceAll(' ', '-')}-${number}.jpg`)
}

/** The pixels of picture `index`, RGB bytes `[sizePx, sizePx, 3]`, before what spoils them. */
function pixelsOf(
  { seed, sizePx, classes }: Pick<DrawRequest, 'seed' | 'sizePx' | 'classes'>,
  index: number,
  flaw: SampleFlaw | null,
): Buffer {
  if (flaw === 'mislabelled') return drawPicture(sampleClass(shownClass(index, classes)), sizePx, seed, index)
  // Nearly the picture of its class before.
  const drawn = flaw === 'near-duplicate' ? index - classes : index
  return drawPicture(sampleClass(index % classes), sizePx, seed, drawn)
}

function spoil(image: Sharp, flaw: SampleFlaw | null, sizePx: number): Sharp {
  switch (flaw) {
    case 'near-duplicate': {
      const edge = Math.round(sizePx * 0.02)
      const inner = sizePx - 2 * edge
      return image
        .extract({ left: edge, top: edge, width: inner, height: inner })
        .resize(sizePx, sizePx)
        .modulate({ brightness: 1.08 })
    }
    case 'blurry':
      return image.blur(Math.max(0.5, sizePx / 32))
    case 'dark':
      return image.linear(0.16, 0)
    case 'bright':
      return image.linear(0.12, 222)
    case 'grey':
      return image.greyscale()
    default:
      return image
  }
}

/**
 * Draws pictures `from` to `to` of a sample as JPEG files. Equal arguments give equal files.
 *
 * @throws the system's error where the folder cannot be written
 */
export async function drawSample(request: Omit<DrawRequest, 'kind'>): Promise<DrawnImages> {
  const { folder, sizePx, classes, flaws, from, to } = request
  for (let index = from; index < to; index += 1) {
    const flaw = flaws ? sampleFlaw(index, classes) : null
    const pixels = pixelsOf(request, index, flaw)
    const image = sharp(pixels, { raw: { width: sizePx, height: sizePx, channels: 3 } })
    const jpeg = await spoil(image, flaw, sizePx).jpeg({ quality: 88, optimiseCoding: false }).toBuffer()
    replaceFile(samplePath(folder, index, classes), jpeg, { durable: false })
  }
  return { status: 'drawn', images: to - from }
}

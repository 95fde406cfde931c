import { join } from 'node:path'
import sharp from 'sharp'
import { drawPicture } from './draw-picture.ts'
import type { DrawnImages, DrawRequest } from './protocol.ts'
import { replaceFile } from './replace-file.ts'
import { sampleClass } from './sample-classes.ts'

/** Picture `index` belongs to class `index % classes`: any range of a sample has all classes about equally. */
export function samplePath(folder: string, index: number, classes: number): string {
  const { name } = sampleClass(index % classes)
  const number = String(Math.floor(index / classes) + 1).padStart(5, '0')
  return join(folder, name, `${name.replaceAll(' ', '-')}-${number}.jpg`)
}

/**
 * Draws pictures `from` to `to` of a sample as JPEG files. Equal arguments give equal files.
 *
 * @throws the system's error where the folder cannot be written
 */
export async function drawSample(request: Omit<DrawRequest, 'kind'>): Promise<DrawnImages> {
  const { folder, seed, sizePx, classes, from, to } = request
  for (let index = from; index < to; index += 1) {
    const pixels = drawPicture(sampleClass(index % classes), sizePx, seed, index)
    const jpeg = await sharp(pixels, { raw: { width: sizePx, height: sizePx, channels: 3 } })
      .jpeg({ quality: 88, optimiseCoding: false })
      .toBuffer()
    replaceFile(samplePath(folder, index, classes), jpeg, { durable: false })
  }
  return { status: 'drawn', images: to - from }
}

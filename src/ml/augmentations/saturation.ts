import { lumaWeights, type Augmentation, type Picture } from './picture.ts'

/** Makes colours stronger or weaker by a random factor about 1. */
export const saturation: Augmentation<'saturation'> = (picture, { strength }, random) =>
  scaleSaturation(picture, random.uniform(1 - strength, 1 + strength))

/** The distance of every value to its pixel's grey, times `factor`; 0 gives greys. */
export function scaleSaturation({ pixels }: Picture, factor: number): Uint8Array {
  const out = new Uint8ClampedArray(pixels.length)
  const [redWeight, greenWeight, blueWeight] = lumaWeights
  for (let index = 0; index < pixels.length; index += 3) {
    const red = pixels[index] as number
    const green = pixels[index + 1] as number
    const blue = pixels[index + 2] as number
    const grey = redWeight * red + greenWeight * green + blueWeight * blue
    out[index] = grey + (red - grey) * factor
    out[index + 1] = grey + (green - grey) * factor
    out[index + 2] = grey + (blue - grey) * factor
  }
  return new Uint8Array(out.buffer)
}

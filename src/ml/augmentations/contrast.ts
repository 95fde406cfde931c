import { lumaWeights, mapValues, tableOf, type Augmentation, type Picture } from './picture.ts'

/** Raises or lowers contrast by a random factor about 1. */
export const contrast: Augmentation<'contrast'> = (picture, { strength }, random) =>
  scaleContrast(picture, random.uniform(1 - strength, 1 + strength))

/** The distance of every value to the picture's mean brightness, a whole number, times `factor`. */
export function scaleContrast(picture: Picture, factor: number): Uint8Array {
  const mean = Math.round(meanBrightness(picture))
  return mapValues(
    picture,
    tableOf((level) => mean + (level - mean) * factor),
  )
}

function meanBrightness({ pixels }: Picture): number {
  const sums: [number, number, number] = [0, 0, 0]
  for (let index = 0; index < pixels.length; index += 3) {
    sums[0] += pixels[index] as number
    sums[1] += pixels[index + 1] as number
    sums[2] += pixels[index + 2] as number
  }
  const [red, green, blue] = lumaWeights
  return (red * sums[0] + green * sums[1] + blue * sums[2]) / (pixels.length / 3)
}

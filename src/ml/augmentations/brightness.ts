import { mapValues, tableOf, type Augmentation, type Picture } from './picture.ts'

/** Makes lighter or darker by a random factor about 1. */
export const brightness: Augmentation<'brightness'> = (picture, { strength }, random) =>
  scaleBrightness(picture, random.uniform(1 - strength, 1 + strength))

/** Every value times `factor`, which is 0 or more. */
export function scaleBrightness(picture: Picture, factor: number): Uint8Array {
  return mapValues(
    picture,
    tableOf((level) => level * factor),
  )
}

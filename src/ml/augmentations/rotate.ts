import { transformAffine } from './affine.ts'
import type { Augmentation, Picture } from './picture.ts'

/** Turns by a random angle, at most `degrees` either way. */
export const rotate: Augmentation<'rotate'> = (picture, { degrees }, random) =>
  turn(picture, random.uniform(-degrees, degrees))

/** Turns about the middle, counter-clockwise; corners that come in are black. */
export function turn(picture: Picture, degrees: number): Uint8Array {
  const angle = (degrees * Math.PI) / 180
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  return transformAffine(picture, [cosine, -sine, 0, sine, cosine, 0])
}

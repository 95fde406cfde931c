import type { Augmentation, Picture } from './picture.ts'

/** Turns the colour circle by a random share, at most `turn` either way. */
export const hue: Augmentation<'hue'> = (picture, { turn }, random) =>
  shiftHue(picture, random.uniform(-turn, turn))

/**
 * Adds to the hue of hue, saturation and value; greys stay as they are.
 *
 * @param turn share of the circle: a third turns red to green
 * @see https://en.wikipedia.org/wiki/HSL_and_HSV
 */
export function shiftHue({ pixels }: Picture, turn: number): Uint8Array {
  const out = new Uint8Array(pixels.length)
  const shift = (((turn % 1) + 1) % 1) * 6
  for (let index = 0; index < pixels.length; index += 3) {
    const red = pixels[index] as number
    const green = pixels[index + 1] as number
    const blue = pixels[index + 2] as number
    const highest = red > green ? (red > blue ? red : blue) : green > blue ? green : blue
    const lowest = red < green ? (red < blue ? red : blue) : green < blue ? green : blue
    const chroma = highest - lowest
    let sector = shift
    if (chroma > 0) {
      if (highest === red) sector += (green - blue) / chroma + 6
      else if (highest === green) sector += (blue - red) / chroma + 2
      else sector += (red - green) / chroma + 4
    }
    // n of the formula is 5 for red, 3 for green, 1 for blue.
    out[index] = valueAt(5 + sector, highest, chroma)
    out[index + 1] = valueAt(3 + sector, highest, chroma)
    out[index + 2] = valueAt(1 + sector, highest, chroma)
  }
  return out
}

function valueAt(place: number, highest: number, chroma: number): number {
  const k = place % 6
  const rising = k < 4 - k ? k : 4 - k
  const share = rising < 0 ? 0 : rising > 1 ? 1 : rising
  return highest - chroma * share + 0.5
}

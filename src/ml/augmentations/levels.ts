import { mapValues, tableOf, type Picture } from './picture.ts'

/** Keeps the highest `bits` (1 to 8) of every value. */
export function posterize(picture: Picture, bits: number): Uint8Array {
  const mask = (0xff << (8 - bits)) & 0xff
  return mapValues(
    picture,
    tableOf((level) => level & mask),
  )
}

/** Inverts values of `threshold` or more. */
export function solarize(picture: Picture, threshold: number): Uint8Array {
  return mapValues(
    picture,
    tableOf((level) => (level >= threshold ? 255 - level : level)),
  )
}

/** Spreads each channel linearly over 0 to 255. */
export function autoContrast(picture: Picture): Uint8Array {
  return mapChannels(picture, (counts) => {
    const lowest = counts.findIndex((count) => count > 0)
    const highest = counts.findLastIndex((count) => count > 0)
    if (highest <= lowest) return tableOf((level) => level)
    return tableOf((level) => ((level - lowest) * 255) / (highest - lowest))
  })
}

/** Spreads each channel so that its values are as evenly frequent as they can be, by the rule of PIL and torchvision. */
export function equalize(picture: Picture): Uint8Array {
  return mapChannels(picture, (counts) => {
    const present = counts.filter((count) => count > 0)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const step = Math.floor((total - (present.at(-1) ?? 0)) / 255)
    if (step === 0) return tableOf((level) => level)
    let before = Math.floor(step / 2)
    return Uint8ClampedArray.from(counts, (count) => {
      const level = Math.floor(before / step)
      before += count
      return level
    })
  })
}

/**
 * Blends with a smoothed copy: `factor` 0 is smoothed, 1 the picture, 2 sharpened. The outermost pixels stay as they are.
 *
 * @see PIL's ImageEnhance.Sharpness, whose filter is `[1 1 1; 1 5 1; 1 1 1] / 13`
 */
export function scaleSharpness({ pixels, height, width }: Picture, factor: number): Uint8Array {
  const out = Uint8ClampedArray.from(pixels)
  const row = width * 3
  for (let y = 1; y < height - 1; y += 1) {
    for (let index = y * row + 3; index < (y + 1) * row - 3; index += 1) {
      const at = (offset: number): number => pixels[index + offset] as number
      const around =
        at(-row - 3) + at(-row) + at(-row + 3) + at(-3) + at(3) + at(row - 3) + at(row) + at(row + 3)
      const smooth = Math.round((around + 5 * at(0)) / 13)
      out[index] = smooth + (at(0) - smooth) * factor
    }
  }
  return new Uint8Array(out.buffer)
}

function mapChannels({ pixels }: Picture, tableFor: (counts: number[]) => Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array(pixels.length)
  for (let channel = 0; channel < 3; channel += 1) {
    const counts = new Array<number>(256).fill(0)
    for (let index = channel; index < pixels.length; index += 3) {
      const level = pixels[index] as number
      counts[level] = (counts[level] as number) + 1
    }
    const table = tableFor(counts)
    for (let index = channel; index < pixels.length; index += 3) {
      out[index] = table[pixels[index] as number] as number
    }
  }
  return out
}

import type { Augmentation, Picture } from './picture.ts'

const smallestSigma = 0.1

/** Gaussian blur of a random standard deviation, at most `sigma` pixels. */
export const blur: Augmentation<'blur'> = (picture, { sigma }, random) =>
  blurGaussian(picture, gaussianKernel(random.uniform(smallestSigma, sigma)))

/** Weights that sum to 1, three standard deviations each way. */
export function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(3 * sigma))
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Filters along the rows, then along the columns; beyond an edge its values go on. */
export function blurGaussian({ pixels, height, width }: Picture, kernel: Float64Array): Uint8Array {
  const along = filter(pixels, height, width, 3, kernel)
  const both = filterColumns(along, height, width, kernel)
  const out = new Uint8Array(pixels.length)
  for (let index = 0; index < out.length; index += 1) out[index] = (both[index] as number) + 0.5
  return out
}

function filter(
  pixels: Uint8Array,
  height: number,
  width: number,
  channels: number,
  kernel: Float64Array,
): Float64Array {
  const radius = (kernel.length - 1) / 2
  const out = new Float64Array(pixels.length)
  const rowLength = width * channels
  const padded = new Float64Array(rowLength + 2 * radius * channels)
  for (let y = 0; y < height; y += 1) {
    const start = y * rowLength
    for (let index = 0; index < padded.length; index += channels) {
      const x = Math.min(Math.max(index / channels - radius, 0), width - 1)
      for (let channel = 0; channel < channels; channel += 1) {
        padded[index + channel] = pixels[start + x * channels + channel] as number
      }
    }
    for (let tap = 0; tap < kernel.length; tap += 1) {
      const weight = kernel[tap] as number
      const offset = tap * channels
      for (let index = 0; index < rowLength; index += 1) {
        out[start + index] = (out[start + index] as number) + weight * (padded[offset + index] as number)
      }
    }
  }
  return out
}

function filterColumns(
  rows: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
): Float64Array {
  const radius = (kernel.length - 1) / 2
  const rowLength = width * 3
  const out = new Float64Array(rows.length)
  for (let y = 0; y < height; y += 1) {
    for (let tap = 0; tap < kernel.length; tap += 1) {
      const weight = kernel[tap] as number
      const source = Math.min(Math.max(y + tap - radius, 0), height - 1) * rowLength
      for (let index = 0; index < rowLength; index += 1) {
        out[y * rowLength + index] =
          (out[y * rowLength + index] as number) + weight * (rows[source + index] as number)
      }
    }
  }
  return out
}

import { createRandom } from '../../models/random.ts'
import type { RecordSource } from '../records/record-source.ts'

const sampledImages = 2000

/**
 * The mean feature of a sample of a source's images, labelled or not: what all of them have in common tells nothing of their classes.
 *
 * @param width values of a feature
 * @returns `[width]`; zeros where no image can be read
 */
export async function meanFeature(
  source: Pick<RecordSource, 'read'>,
  images: number,
  width: number,
): Promise<Float32Array> {
  const order = createRandom({ seed: 0, purpose: 'mean-feature' }).permutation(images)
  const { rows, input } = await source.read([...order.subarray(0, sampledImages)].sort((a, b) => a - b))
  const sums = new Float64Array(width)
  for (let index = 0; index < input.length; index += 1) {
    const place = index % width
    sums[place] = (sums[place] as number) + (input[index] as number)
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, rows.length))
}

/**
 * Takes the mean from each row and scales it to length 1, in a new array: distances are then angles, which few examples tell more by.
 *
 * @param values `[rows, mean.length]`
 * @see Wang, Chao, Weinberger, van der Maaten: SimpleShot (2019), https://arxiv.org/abs/1911.04623
 */
export function normalizedRows(values: Float32Array, mean: Float32Array): Float32Array {
  const width = mean.length
  const out = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += width) {
    let squares = 0
    for (let place = 0; place < width; place += 1) {
      const value = (values[start + place] as number) - (mean[place] as number)
      out[start + place] = value
      squares += value * value
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let place = start; place < start + width; place += 1) out[place] = (out[place] as number) * scale
  }
  return out
}

/** How many values a reduced feature has. */
export const reducedWidth = 64

/**
 * A random projection to `reducedWidth` values that keeps distances but for some percent, the same for all data.
 *
 * @returns `[width, reducedWidth]`
 * @see Johnson, Lindenstrauss: Extensions of Lipschitz mappings into a Hilbert space (1984)
 */
export function projection(width: number): Float32Array {
  const random = createRandom({ seed: 0, purpose: 'projection' })
  const scale = 1 / Math.sqrt(reducedWidth)
  return Float32Array.from({ length: width * reducedWidth }, () => random.normal(0, scale))
}

import { createRandom, type Random } from '../models/random.ts'

/** A batch, and how sure each of its examples is of which class. */
export interface MixableBatch {
  /** float32 `[rows, ...shape]`. */
  readonly input: Float32Array
  /** Of one row. */
  readonly shape: readonly number[]
  readonly rows: number
  /** float32 `[rows, classes]`. */
  readonly targets: Float32Array
  /** Class indexes. */
  readonly labels: readonly number[]
}

/** What is mixed, by the parameters of Beta distributions; 0: not at all. */
export interface Mixing {
  readonly mixup: number
  readonly cutmix: number
}

/**
 * Mixes each example with another of its batch: mixup blends the two, cutmix pastes a rectangle of the other, and the targets are shared
 * accordingly. Where both are asked for, each batch takes one of them at random. It works on whatever enters the layers that are trained:
 * pixels, or the frozen layers' maps (then it is manifold mixup at the freeze boundary).
 *
 * @returns a new batch; `labels` are those of the larger share. The batch itself where nothing is to be mixed.
 * @see https://arxiv.org/abs/1710.09412 (mixup), https://arxiv.org/abs/1905.04899 (CutMix), https://arxiv.org/abs/1806.05236 (manifold mixup)
 */
export function mixBatch(
  batch: MixableBatch,
  { mixup, cutmix }: Mixing,
  key: { readonly seed: number; readonly step: number },
): MixableBatch {
  if ((mixup === 0 && cutmix === 0) || batch.rows < 2) return batch
  const random = createRandom({ seed: key.seed, purpose: 'mix', item: key.step })
  const cuts = cutmix > 0 && (mixup === 0 || random.uniform() < 0.5)
  const share = beta(cuts ? cutmix : mixup, random)
  const others = random.permutation(batch.rows)
  return cuts ? paste(batch, share, others, random) : blend(batch, share, others)
}

function blend(batch: MixableBatch, share: number, others: Uint32Array): MixableBatch {
  return {
    ...batch,
    input: blendRows(batch.input, batch.rows, share, others),
    ...shareTargets(batch, share, others),
  }
}

function paste(batch: MixableBatch, share: number, others: Uint32Array, random: Random): MixableBatch {
  const { input, rows, shape } = batch
  const [height = 1, width = 1, channels = 1] = shape
  const side = Math.sqrt(1 - share)
  const [top, bottom] = span(height, side, random)
  const [left, right] = span(width, side, random)
  const mixed = Float32Array.from(input)
  const rowLength = input.length / rows
  for (let row = 0; row < rows; row += 1) {
    const from = (others[row] ?? row) * rowLength
    for (let y = top; y < bottom; y += 1) {
      const start = (y * width + left) * channels
      const end = (y * width + right) * channels
      mixed.set(input.subarray(from + start, from + end), row * rowLength + start)
    }
  }
  // What lies beyond an edge is not pasted, so the share is what was kept.
  const kept = 1 - ((bottom - top) * (right - left)) / (height * width)
  return { ...batch, input: mixed, ...shareTargets(batch, kept, others) }
}

/** A stretch of `share` of the length about a random middle, cut off at the ends. */
function span(length: number, share: number, random: Random): [from: number, to: number] {
  const half = (length * share) / 2
  const middle = random.integer(length)
  return [Math.max(0, Math.round(middle - half)), Math.min(length, Math.round(middle + half))]
}

function shareTargets(
  { targets, rows, labels }: MixableBatch,
  share: number,
  others: Uint32Array,
): Pick<MixableBatch, 'targets' | 'labels'> {
  return {
    targets: blendRows(targets, rows, share, others),
    labels: share >= 0.5 ? labels : labels.map((label, row) => labels[others[row] ?? row] ?? label),
  }
}

function blendRows(values: Float32Array, rows: number, share: number, others: Uint32Array): Float32Array {
  const length = values.length / rows
  const mixed = new Float32Array(values.length)
  for (let row = 0; row < rows; row += 1) {
    const own = row * length
    const other = (others[row] ?? row) * length
    for (let index = 0; index < length; index += 1) {
      mixed[own + index] =
        share * (values[own + index] as number) + (1 - share) * (values[other + index] as number)
    }
  }
  return mixed
}

/** A number of the distribution Beta(alpha, alpha). */
function beta(alpha: number, random: Random): number {
  const one = gamma(alpha, random)
  const other = gamma(alpha, random)
  const sum = one + other
  return sum > 0 ? one / sum : Number(random.uniform() < 0.5)
}

/**
 * A number of the distribution Gamma(alpha, 1).
 *
 * @see Marsaglia, Tsang: A Simple Method for Generating Gamma Variables (2000), https://doi.org/10.1145/358407.358414
 */
function gamma(alpha: number, random: Random): number {
  if (alpha < 1) return gamma(alpha + 1, random) * random.uniform() ** (1 / alpha)
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

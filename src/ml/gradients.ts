/** Gradients by parameter. */
export type Gradients = Map<string, Float32Array>

/** Gathers the gradients of several batches as if they were one batch. */
export interface GradientAccumulator {
  /** Takes over the arrays of a batch's gradients, each the mean over its `rows` examples. */
  readonly add: (gradients: Gradients, rows: number) => void
  /** The mean over all examples since the last call; null where there were none. */
  readonly take: () => Gradients | null
}

export function createGradientAccumulator(): GradientAccumulator {
  let sum: Gradients | null = null
  let examples = 0
  return {
    add(gradients, rows) {
      if (sum === null) {
        sum = gradients
        examples = rows
        return
      }
      // As a mean of means, so that one batch alone passes through bit for bit.
      const total = examples + rows
      const [kept, added] = [examples / total, rows / total]
      for (const [name, slope] of gradients) {
        const mean = sum.get(name) as Float32Array
        for (let index = 0; index < mean.length; index += 1) {
          mean[index] = kept * (mean[index] as number) + added * (slope[index] as number)
        }
      }
      examples = total
    },
    take() {
      const taken = sum
      sum = null
      examples = 0
      return taken
    },
  }
}

/** The root of the sum of all squares; NaN or Infinity where a gradient is no number. */
export function globalNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let squares = 0
  for (const slope of gradients.values()) {
    for (let index = 0; index < slope.length; index += 1) squares += (slope[index] as number) ** 2
  }
  return Math.sqrt(squares)
}

/**
 * Scales gradients in place so that their global norm is at most `limit`.
 *
 * @param limit 0: no limit
 * @see https://arxiv.org/abs/1211.5063
 */
export function clipByGlobalNorm(gradients: Gradients, limit: number): void {
  if (limit === 0) return
  const norm = globalNorm(gradients)
  // Where the norm is no number there is nothing to scale: the loss will say so.
  if (!(norm > limit)) return
  const scale = limit / norm
  for (const slope of gradients.values()) {
    for (let index = 0; index < slope.length; index += 1) slope[index] = (slope[index] as number) * scale
  }
}

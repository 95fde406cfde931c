/** How the cells of a confusion matrix are told: as they are, or as shares of their row (recall) or column (precision). */
export const confusionScales = ['counts', 'rows', 'columns'] as const
export type ConfusionScale = (typeof confusionScales)[number]

/**
 * A matrix `[truth][predicted]` in the scale asked for. A row or column without examples stays 0.
 *
 * @returns counts as given, or shares 0..1
 */
export function scaleConfusion(matrix: readonly (readonly number[])[], scale: ConfusionScale): number[][] {
  if (scale === 'counts') return matrix.map((row) => [...row])
  const totals = scale === 'rows' ? rowTotals(matrix) : columnTotals(matrix)
  return matrix.map((row, truth) =>
    row.map((count, predicted) => {
      const total = totals[scale === 'rows' ? truth : predicted] ?? 0
      return total === 0 ? 0 : count / total
    }),
  )
}

/** Examples of each class. */
export function rowTotals(matrix: readonly (readonly number[])[]): number[] {
  return matrix.map((row) => row.reduce((sum, count) => sum + count, 0))
}

/** Predictions of each class. */
export function columnTotals(matrix: readonly (readonly number[])[]): number[] {
  const totals = new Array<number>(matrix[0]?.length ?? 0).fill(0)
  for (const row of matrix)
    row.forEach((count, predicted) => (totals[predicted] = (totals[predicted] ?? 0) + count))
  return totals
}

/** What the rarest confusion is drawn with, so that it stands off from none. */
const leastHeat = 0.3

/**
 * How strongly each cell is drawn, 0..1: by the share of its row, so that a small class's mistakes are as plain as a large one's. The root
 * lifts rare ones off the ground.
 */
export function confusionHeat(matrix: readonly (readonly number[])[]): number[][] {
  return scaleConfusion(matrix, 'rows').map((row) =>
    row.map((share) => (share === 0 ? 0 : leastHeat + (1 - leastHeat) * Math.sqrt(share))),
  )
}

/** One kind of mistake. */
export interface Confusion {
  truth: number
  predicted: number
  count: number
}

/** The `limit` most frequent mistakes, the most frequent first. */
export function worstConfusions(matrix: readonly (readonly number[])[], limit: number): Confusion[] {
  return matrix
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, limit)
}

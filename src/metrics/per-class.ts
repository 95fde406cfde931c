import type { ConfusionMatrix } from './confusion-matrix.ts'

/** How well one class is recognised. A share whose denominator is 0 is 0. */
export interface ClassScores {
  /** Of the examples predicted as this class, the share that is of it. */
  readonly precision: number
  /** Of the examples of this class, the share predicted as it. */
  readonly recall: number
  /** The harmonic mean of precision and recall. */
  readonly f1: number
  /** The number of examples of this class. */
  readonly support: number
}

/** The scores of each class, in the order of the matrix. */
export function perClass(matrix: ConfusionMatrix): ClassScores[] {
  return matrix.map((row, index) => {
    const correct = row[index] ?? 0
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = matrix.reduce((sum, other) => sum + (other[index] ?? 0), 0)
    return {
      precision: share(correct, predicted),
      recall: share(correct, support),
      f1: share(2 * correct, predicted + support),
      support,
    }
  })
}

/**
 * The plain means over classes, each counted alike however many examples it has. Classes without examples are left out, since nothing
 * is known of them. The mean recall is also called balanced accuracy.
 */
export function macroAverage(scores: readonly ClassScores[]): Omit<ClassScores, 'support'> {
  const present = scores.filter(({ support }) => support > 0)
  const mean = (name: 'precision' | 'recall' | 'f1'): number =>
    share(
      present.reduce((sum, score) => sum + score[name], 0),
      present.length,
    )
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

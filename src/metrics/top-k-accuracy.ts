import type { Statistic } from './predictions.ts'

/**
 * The share of examples whose true class is among the `k` most probable ones, 0 to 1. Of equally probable classes the first ones come first, so
 * that with k = 1 it is the accuracy.
 */
export function topKAccuracy(k: number): Statistic {
  return ({ classes, examples, probabilities, labels }, multiplicities) => {
    let total = 0
    let correct = 0
    for (let row = 0; row < examples; row += 1) {
      const count = multiplicities === null ? 1 : (multiplicities[row] as number)
      if (count === 0) continue
      const label = labels[row] as number
      const own = probabilities[row * classes + label] as number
      let before = 0
      for (let index = 0; index < classes; index += 1) {
        const other = probabilities[row * classes + index] as number
        if (other > own || (other === own && index < label)) before += 1
      }
      total += count
      if (before < k) correct += count
    }
    return correct / total
  }
}

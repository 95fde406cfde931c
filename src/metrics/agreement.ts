import type { ConfusionMatrix } from './confusion-matrix.ts'
import type { Statistic } from './predictions.ts'

/**
 * Matthews's correlation coefficient for any number of classes, -1 to 1: 1 is perfect, 0 no better than chance. 0 where all truths or all
 * predictions are of one class.
 *
 * @see https://doi.org/10.1016/j.compbiolchem.2004.09.006 (Gorodkin's R_K)
 */
export const matthewsCorrelation: Statistic = (predictions, multiplicities) => {
  const { total, correct, products, truthSquares, predictedSquares } = sums(
    predictions.confusion(multiplicities),
  )
  if (total === 0) return NaN
  const denominator = Math.sqrt(total * total - predictedSquares) * Math.sqrt(total * total - truthSquares)
  return denominator === 0 ? 0 : (correct * total - products) / denominator
}

/**
 * Cohen's kappa: how far agreement goes beyond what the class frequencies give by chance; 1 is perfect, 0 chance. NaN where chance
 * agreement is complete.
 *
 * @see https://doi.org/10.1177/001316446002000104
 */
export const cohensKappa: Statistic = (predictions, multiplicities) => {
  const { total, correct, products } = sums(predictions.confusion(multiplicities))
  const chance = products / (total * total)
  return (correct / total - chance) / (1 - chance)
}

function sums(matrix: ConfusionMatrix) {
  const truths = matrix.map((row) => row.reduce((sum, count) => sum + count, 0))
  const predicted = matrix.map((_, column) => matrix.reduce((sum, row) => sum + (row[column] ?? 0), 0))
  const squares = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count * count, 0)
  return {
    total: truths.reduce((sum, count) => sum + count, 0),
    correct: matrix.reduce((sum, row, index) => sum + (row[index] ?? 0), 0),
    products: truths.reduce((sum, count, index) => sum + count * (predicted[index] ?? 0), 0),
    truthSquares: squares(truths),
    predictedSquares: squares(predicted),
  }
}

import { macroAverage, perClass, type ClassScores } from './per-class.ts'
import type { Statistic } from './predictions.ts'

type Score = 'precision' | 'recall' | 'f1'

/** A score of one class; NaN where it has no examples and was never predicted. */
export function ofClass(classIndex: number, score: Score): Statistic {
  return (predictions, multiplicities) => {
    const matrix = predictions.confusion(multiplicities)
    const row = matrix[classIndex] ?? []
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = matrix.reduce((sum, other) => sum + (other[classIndex] ?? 0), 0)
    const denominators = { precision: predicted, recall: support, f1: support + predicted }
    const correct = row[classIndex] ?? 0
    return (score === 'f1' ? 2 * correct : correct) / denominators[score]
  }
}

/** The plain mean of a score over the classes that have examples. The mean recall is the balanced accuracy. */
export function macro(score: Score): Statistic {
  return ofScores((scores) => macroAverage(scores)[score])
}

/** The mean of a score over classes, each counted by its examples. */
export function weighted(score: Score): Statistic {
  return ofScores((scores) => {
    const examples = scores.reduce((sum, { support }) => sum + support, 0)
    return (
      scores.reduce((sum, scoresOfClass) => sum + scoresOfClass[score] * scoresOfClass.support, 0) / examples
    )
  })
}

function ofScores(summarise: (scores: readonly ClassScores[]) => number): Statistic {
  return (predictions, multiplicities) => {
    const scores = perClass(predictions.confusion(multiplicities))
    return scores.some(({ support }) => support > 0) ? summarise(scores) : NaN
  }
}

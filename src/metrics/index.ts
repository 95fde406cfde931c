import { accuracy } from './accuracy.ts'
import { crossEntropy } from './cross-entropy.ts'

/** Metrics with one value, by name, each made for a number of classes: what is followed from epoch to epoch. */
export const metrics = { loss: crossEntropy, accuracy } as const

export type { Accumulator } from './accumulator.ts'
export { confusionMatrix, type ConfusionMatrix } from './confusion-matrix.ts'
export { evaluatePredictions, type PredictionScores } from './evaluate.ts'
export { macroAverage, perClass, type ClassScores } from './per-class.ts'
export { wilsonInterval } from './wilson-interval.ts'

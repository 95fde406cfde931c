import { accuracy } from './accuracy.ts'
import { collect, type Accumulator } from './accumulator.ts'
import { crossEntropy } from './cross-entropy.ts'
import { evaluationMetrics, type EvaluationMetricId } from './evaluation-metrics.ts'

/** Metrics with one value, by name, each made for a number of classes: what is followed from epoch to epoch. */
export const metrics = { loss: crossEntropy, accuracy } as const

/** The metrics of an evaluation as accumulators. */
export const evaluationAccumulators: ReadonlyMap<
  EvaluationMetricId,
  (classes: number) => Accumulator<number>
> = new Map(evaluationMetrics.map(({ id, statistic }) => [id, collect(statistic)]))

export type { Accumulator } from './accumulator.ts'
export { accuracyDifference, type AccuracyDifference } from './accuracy-difference.ts'
export { bootstrapIntervals, type BootstrapOptions } from './bootstrap-interval.ts'
export {
  calibrationErrorOf,
  confidencesOf,
  reliability,
  type Binning,
  type ReliabilityBin,
} from './calibration-error.ts'
export { confusionMatrix, type ConfusionMatrix } from './confusion-matrix.ts'
export { downsampleCurve, type CurvePoints } from './downsample-curve.ts'
export { evaluatePredictions, type PredictionScores } from './evaluate.ts'
export { evaluationMetrics, type EvaluationMetricId } from './evaluation-metrics.ts'
export { findLabelSuspects } from './label-suspects.ts'
export { mcnemarTest, significance, type McnemarResult } from './mcnemar-test.ts'
export { adjustForDiscoveries } from './false-discovery.ts'
export { fisherExactTest } from './fisher-exact-test.ts'
export { macroAverage, perClass, type ClassScores } from './per-class.ts'
export { makePredictions, type Predictions, type Statistic } from './predictions.ts'
export { isAccepted, thresholdOf } from './rejection.ts'
export { riskCoverage, type CoveragePoint, type RiskCoverage } from './risk-coverage.ts'
export { fitTemperature, scaleByTemperature } from './temperature-scaling.ts'
export { readTrainingSigns, type EpochLosses, type TrainingSign } from './training-signs.ts'
export { createSmoothed, extendSmoothed, smoothCurve, type Smoothed } from './smooth-curve.ts'
export { thresholdCounts, type ThresholdCounts } from './threshold-counts.ts'
export {
  meanPrecisionRecallCurve,
  meanRocCurve,
  precisionRecallCurve,
  rocCurve,
  thinCurve,
  type Curve,
} from './threshold-curves.ts'
export { wilsonInterval } from './wilson-interval.ts'

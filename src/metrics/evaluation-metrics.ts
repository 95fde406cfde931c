import { cohensKappa, matthewsCorrelation } from './agreement.ts'
import { averagePrecision } from './average-precision.ts'
import { macro, weighted } from './averages.ts'
import { expectedCalibrationError } from './calibration-error.ts'
import type { Statistic } from './predictions.ts'
import { rocAuc } from './roc-auc.ts'
import { topKAccuracy } from './top-k-accuracy.ts'

/** One row of an evaluation's table. */
export interface EvaluationMetric {
  readonly id: string
  readonly statistic: Statistic
  /** The number of classes from which on it says more than the accuracy. */
  readonly fromClasses: number
  /** Whether lower is better. */
  readonly lowerIsBetter?: true
}

/** Every metric of an evaluation beside loss and accuracy, in the order of the table. To add one is to add its row. */
export const evaluationMetrics = [
  { id: 'top-3-accuracy', statistic: topKAccuracy(3), fromClasses: 5 },
  { id: 'top-5-accuracy', statistic: topKAccuracy(5), fromClasses: 10 },
  { id: 'balanced-accuracy', statistic: macro('recall'), fromClasses: 2 },
  { id: 'precision-macro', statistic: macro('precision'), fromClasses: 2 },
  { id: 'f1-macro', statistic: macro('f1'), fromClasses: 2 },
  { id: 'precision-weighted', statistic: weighted('precision'), fromClasses: 2 },
  { id: 'recall-weighted', statistic: weighted('recall'), fromClasses: 2 },
  { id: 'f1-weighted', statistic: weighted('f1'), fromClasses: 2 },
  { id: 'roc-auc', statistic: rocAuc, fromClasses: 2 },
  { id: 'average-precision', statistic: averagePrecision, fromClasses: 2 },
  {
    id: 'expected-calibration-error',
    statistic: expectedCalibrationError,
    fromClasses: 2,
    lowerIsBetter: true,
  },
  { id: 'matthews-correlation', statistic: matthewsCorrelation, fromClasses: 2 },
  { id: 'cohens-kappa', statistic: cohensKappa, fromClasses: 2 },
] as const satisfies readonly EvaluationMetric[]

/** The name of a metric of the table. */
export type EvaluationMetricId = (typeof evaluationMetrics)[number]['id']

import type { EvaluationCurves } from '../../contract/evaluation.ts'
import {
  meanPrecisionRecallCurve,
  meanRocCurve,
  precisionRecallCurve,
  rocCurve,
  thinCurve,
  thresholdCounts,
  type Curve,
  type ThresholdCounts,
} from '../../metrics/index.ts'
import { inSlices } from './in-slices.ts'
import { requireClass } from './require-class.ts'
import type { ScoredSplit } from './scored-split.ts'

/** As many as a chart of that size can show. */
const mostPoints = 160

interface AllCurves {
  readonly averages: readonly EvaluationCurves[]
  /** In the run's order of classes. */
  readonly classes: readonly EvaluationCurves[]
}

const made = new WeakMap<ScoredSplit, Promise<AllCurves>>()

/**
 * The averaged curves, and those of the classes named.
 *
 * @throws AppError 'class-not-found'
 */
export async function evaluationCurves(
  scored: ScoredSplit,
  names: readonly string[],
): Promise<EvaluationCurves[]> {
  const indexes = names.map((name) => requireClass(scored.classes, name))
  let making = made.get(scored)
  if (making === undefined) {
    making = inSlices(makeCurves(scored))
    made.set(scored, making)
  }
  const { averages, classes } = await making
  return [...averages, ...indexes.flatMap((index) => classes[index] ?? [])]
}

function* makeCurves({ predictions, classes }: ScoredSplit): Generator<undefined, AllCurves> {
  const rocCurves: Curve[] = []
  const precisionRecallCurves: Curve[] = []
  const ofClasses: EvaluationCurves[] = []
  for (const [index, name] of classes.entries()) {
    const counts = predictions.thresholdsOf(index)
    const roc = rocCurve(counts)
    const precisionRecall = precisionRecallCurve(counts)
    rocCurves.push(roc)
    precisionRecallCurves.push(precisionRecall)
    ofClasses.push({
      class: name,
      average: null,
      prevalence: prevalenceOf(counts),
      ...toDraw(roc, precisionRecall),
    })
    yield
  }
  const counts = yield* thresholdCounts(predictions, null)
  const prevalence = prevalenceOf(counts)
  const micro = toDraw(rocCurve(counts), precisionRecallCurve(counts))
  yield
  const macro = toDraw(meanRocCurve(rocCurves), meanPrecisionRecallCurve(precisionRecallCurves))
  return {
    averages: [
      { class: null, average: 'macro', prevalence, ...macro },
      { class: null, average: 'micro', prevalence, ...micro },
    ],
    classes: ofClasses,
  }
}

function prevalenceOf({ positives, negatives }: ThresholdCounts): number {
  return positives / (positives + negatives)
}

function toDraw(roc: Curve, precisionRecall: Curve): Pick<EvaluationCurves, 'roc' | 'precisionRecall'> {
  return { roc: points(roc), precisionRecall: points(precisionRecall) }
}

/** A curve that is not defined has no points. */
function points(curve: Curve): EvaluationCurves['roc'] {
  if (Number.isNaN(curve.area)) return { x: [], y: [], area: null }
  const { x, y, area } = thinCurve(curve, mostPoints)
  return { x: [...x], y: [...y], area }
}

import type { Evaluation, Split } from '../../contract/entities.ts'
import { evaluatePredictions, makePredictions } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { inSlices } from './in-slices.ts'
import { scoredSplit, type ScoredSplit } from './scored-split.ts'
import type { SplitPredictions } from './stored-predictions.ts'

/** Evaluations with intervals by bootstrap, which take seconds where there are many classes. */
const whole = new WeakMap<ScoredSplit, { evaluating: Promise<Evaluation>; done?: Evaluation }>()

/** @returns null where there is nothing to score */
export async function evaluateSplit(
  split: Split,
  { probabilities, truths }: SplitPredictions,
  classes: readonly string[],
): Promise<Evaluation | null> {
  if (truths.length === 0) return null
  const predictions = makePredictions(probabilities, truths, classes.length)
  return { split, ...(await inSlices(evaluatePredictions(predictions, classes))) }
}

/**
 * The evaluation of stored predictions.
 *
 * @param bootstrap false need not wait for the intervals that take long
 * @returns null where the run has none for that split
 */
export async function evaluateStored(
  project: OpenProject,
  run: RunRow,
  split: Split,
  bootstrap: boolean,
): Promise<Evaluation | null> {
  const scored = scoredSplit(project, run, split)
  if (scored === null) return null
  const known = whole.get(scored)
  const evaluate = async (): Promise<Evaluation> => ({
    split,
    ...(await inSlices(evaluatePredictions(scored.predictions, scored.classes, bootstrap))),
  })
  if (!bootstrap) return known?.done ?? evaluate()
  if (known !== undefined) return known.evaluating
  const entry: { evaluating: Promise<Evaluation>; done?: Evaluation } = { evaluating: evaluate() }
  whole.set(scored, entry)
  return (entry.done = await entry.evaluating)
}

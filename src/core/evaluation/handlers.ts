import type { Split } from '../../contract/entities.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { atTemperature, reliabilityDiagram } from './calibration.ts'
import { evaluatedImages } from './evaluated-images.ts'
import { evaluationCurves } from './evaluation-curves.ts'
import { evaluationSettings, requireTemperature, setRejectionRule } from './evaluation-settings.ts'
import { inSlices } from './in-slices.ts'
import { acceptanceOf, rejectionCurve } from './rejection.ts'
import { requireClass } from './require-class.ts'
import { scoredSplit, type ScoredSplit } from './scored-split.ts'
import { evaluateSlices, fewestOfSlice } from './slices.ts'
import { viewMembers } from './view-members.ts'
import type { Predictions } from '../../metrics/index.ts'

type EvaluationRequest =
  | 'evaluation.settings'
  | 'evaluation.setThreshold'
  | 'evaluation.curves'
  | 'evaluation.calibration'
  | 'evaluation.rejection'
  | 'evaluation.acceptance'
  | 'evaluation.images'
  | 'evaluation.slices'

/** What follows from the predictions that runs have stored. */
export function createEvaluationHandlers({
  projects,
}: Pick<CoreContext, 'projects'>): Handlers<EvaluationRequest> {
  const open = (projectId: string, runId: string): { project: OpenProject; run: RunRow } => {
    const project = projects.get(projectId)
    return { project, run: findRun(project, runId) }
  }
  const scoredOf = (input: { projectId: string; runId: string; split: Split }) => {
    const { project, run } = open(input.projectId, input.runId)
    return { project, run, scored: scoredSplit(project, run, input.split) }
  }
  /** As they are, or at the run's temperature. */
  const predictionsOf = async (
    project: OpenProject,
    run: RunRow,
    scored: ScoredSplit,
    calibrated: boolean,
  ): Promise<Predictions> =>
    calibrated
      ? atTemperature(scored, requireTemperature(await evaluationSettings(project, run)))
      : scored.predictions

  return {
    'evaluation.settings'({ projectId, runId }) {
      const { project, run } = open(projectId, runId)
      return evaluationSettings(project, run)
    },
    'evaluation.setThreshold'({ projectId, runId, rule }) {
      const { project, run } = open(projectId, runId)
      return setRejectionRule(project, run, rule)
    },
    async 'evaluation.curves'(input) {
      const { scored } = scoredOf(input)
      return { curves: scored && (await evaluationCurves(scored, input.classes)) }
    },
    async 'evaluation.calibration'({ bins: count, equal, ...input }) {
      const { project, run, scored } = scoredOf(input)
      if (scored === null) return { before: null, after: null }
      const { temperature } = await evaluationSettings(project, run)
      const diagram = (predictions: Predictions) => reliabilityDiagram(predictions, { count, equal })
      return {
        before: diagram(scored.predictions),
        after: temperature && diagram(atTemperature(scored, temperature.value)),
      }
    },
    async 'evaluation.rejection'({ calibrated, ...input }) {
      const { project, run, scored } = scoredOf(input)
      if (scored === null) return { curve: null }
      return { curve: rejectionCurve(await predictionsOf(project, run, scored, calibrated)) }
    },
    async 'evaluation.acceptance'({ rule, ...input }) {
      const { project, run, scored } = scoredOf(input)
      if (scored === null) return { acceptance: null }
      for (const name of Object.keys(rule.byClass)) requireClass(scored.classes, name)
      const predictions = await predictionsOf(project, run, scored, rule.calibrated)
      return { acceptance: acceptanceOf(predictions, scored.classes, rule) }
    },
    'evaluation.images'({ only, order, offset, limit, ...input }) {
      const { project, scored } = scoredOf(input)
      if (scored === null) return { total: 0, images: [] }
      return evaluatedImages(project, scored, { only, order, offset, limit })
    },
    async 'evaluation.slices'(input) {
      const { project, scored } = scoredOf(input)
      if (scored === null) return { slices: [], tooSmall: 0, fewest: fewestOfSlice }
      return inSlices(evaluateSlices(project, scored, await viewMembers(project)))
    },
  }
}

import type { CoreContext, Handlers } from '../context.ts'
import { findRun } from '../runs/stored-runs.ts'
import { evaluationSettings, setRejectionRule } from './evaluation-settings.ts'

/** What follows from the predictions that runs have stored. */
export function createEvaluationHandlers({
  projects,
}: Pick<CoreContext, 'projects'>): Handlers<'evaluation.settings' | 'evaluation.setThreshold'> {
  return {
    'evaluation.settings'({ projectId, runId }) {
      const project = projects.get(projectId)
      return evaluationSettings(project, findRun(project, runId))
    },
    'evaluation.setThreshold'({ projectId, runId, rule }) {
      const project = projects.get(projectId)
      return setRejectionRule(project, findRun(project, runId), rule)
    },
  }
}

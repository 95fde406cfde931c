import type { CoreContext, Handlers } from '../context.ts'
import { importsOf } from '../images/imports.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findRun } from '../runs/stored-runs.ts'
import type { SuggestionsArea } from '../suggestions/handlers.ts'
import { addPredicted } from './add-predicted.ts'
import { predictGiven } from './predict-given.ts'

/** Pictures that are not of the project, what a run says of them, and how they come into it. */
export function createPredictionsHandlers(
  context: CoreContext,
  trainers: Trainers,
  suggestions: Pick<SuggestionsArea, 'give'>,
): Handlers<'predictions.of' | 'predictions.add'> {
  const { projects } = context
  const imports = importsOf(context)
  const closing = new WeakMap<OpenProject, AbortController>()
  projects.onOpen((project) => void closing.set(project, new AbortController()))
  projects.onClose((project) => closing.get(project)?.abort())
  return {
    'predictions.of'({ projectId, runId, paths, top }) {
      const project = projects.get(projectId)
      const signal = closing.get(project)?.signal ?? AbortSignal.abort()
      return predictGiven({ ...context, trainers, signal }, project, findRun(project, runId), paths, top)
    },
    'predictions.add'({ projectId, runId, files }) {
      const project = projects.get(projectId)
      return addPredicted({ imports, suggestions }, project, findRun(project, runId), files)
    },
  }
}

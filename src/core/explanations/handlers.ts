import type { CoreContext, Handlers } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findRun } from '../runs/stored-runs.ts'
import { explainImage } from './explain-image.ts'
import { findNeighbours } from './find-neighbours.ts'
import { createNewest } from './newest.ts'

/** @param closingOf the signal of a project's closing */
export function createExplanationHandlers(
  context: CoreContext,
  trainers: Trainers,
  closingOf: (project: OpenProject) => AbortSignal,
): Handlers<'runs.explain' | 'runs.neighbours'> {
  const newest = createNewest()
  return {
    'runs.explain'({ projectId, runId, asker, ...wanted }) {
      const project = context.projects.get(projectId)
      return newest.run(project, asker, (signal) => {
        const deps = { ...context, trainers, signal: AbortSignal.any([closingOf(project), signal]) }
        return explainImage(deps, project, findRun(project, runId), wanted)
      })
    },
    'runs.neighbours'({ projectId, runId, image, count }) {
      const project = context.projects.get(projectId)
      const deps = { ...context, trainers, signal: closingOf(project) }
      return findNeighbours(deps, project, findRun(project, runId), image, count)
    },
  }
}

import type { CoreContext, Handlers } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { backgroundJobsOf } from '../runs/background-job.ts'
import { findRun } from '../runs/stored-runs.ts'
import { explainImage } from './explain-image.ts'
import { findNeighbours } from './find-neighbours.ts'
import { showFilters, showLayerMaps } from './layer-maps.ts'
import { meanMapOf } from './mean-map.ts'
import { createNewest } from './newest.ts'

type ExplanationsRequest =
  'runs.explain' | 'runs.neighbours' | 'runs.layerMaps' | 'runs.filters' | 'runs.meanMap'

/** @param closingOf the signal of a project's closing */
export function createExplanationHandlers(
  context: CoreContext,
  trainers: Trainers,
  closingOf: (project: OpenProject) => AbortSignal,
): Handlers<ExplanationsRequest> {
  const newest = createNewest()
  const jobs = backgroundJobsOf(context)
  return {
    'runs.explain'({ projectId, runId, asker, ...wanted }) {
      const project = context.projects.get(projectId)
      return newest.run(project, asker, (signal) => {
        const deps = { ...context, trainers, signal: AbortSignal.any([closingOf(project), signal]) }
        return explainImage(deps, project, findRun(project, runId), wanted)
      })
    },
    'runs.layerMaps'({ projectId, runId, asker, ...wanted }) {
      const project = context.projects.get(projectId)
      return newest.run(project, asker, (signal) => {
        const deps = { ...context, trainers, signal: AbortSignal.any([closingOf(project), signal]) }
        return showLayerMaps(deps, project, findRun(project, runId), wanted)
      })
    },
    'runs.filters'({ projectId, runId }) {
      const project = context.projects.get(projectId)
      const deps = { ...context, trainers, signal: closingOf(project) }
      return showFilters(deps, project, findRun(project, runId))
    },
    'runs.meanMap'({ projectId, runId, asker, ...wanted }) {
      const project = context.projects.get(projectId)
      const run = findRun(project, runId)
      return newest.run(project, asker, (newer) =>
        jobs.run(projectId, 'mean-map', AbortSignal.any([closingOf(project), newer]), (onEvent, signal) =>
          meanMapOf({ ...context, trainers, onEvent, signal }, project, run, wanted),
        ),
      )
    },
    'runs.neighbours'({ projectId, runId, image, count }) {
      const project = context.projects.get(projectId)
      const deps = { ...context, trainers, signal: closingOf(project) }
      return findNeighbours(deps, project, findRun(project, runId), image, count)
    },
  }
}

import type { CoreContext, Handlers } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findRun } from '../runs/stored-runs.ts'
import { explainImage } from './explain-image.ts'
import { findNeighbours } from './find-neighbours.ts'

/** @param closingOf the signal of a project's closing */
export function createExplanationHandlers(
  context: CoreContext,
  trainers: Trainers,
  closingOf: (project: OpenProject) => AbortSignal,
): Handlers<'runs.explain' | 'runs.neighbours'> {
  /** Of each project the explanation that runs: the person who asks for another one looks at it no more. */
  const running = new WeakMap<OpenProject, AbortController>()
  return {
    'runs.explain'({ projectId, runId, ...wanted }) {
      const project = context.projects.get(projectId)
      const controller = new AbortController()
      running.get(project)?.abort()
      running.set(project, controller)
      const signal = AbortSignal.any([closingOf(project), controller.signal])
      return explainImage({ ...context, trainers, signal }, project, findRun(project, runId), wanted)
    },
    'runs.neighbours'({ projectId, runId, sha256, count }) {
      const project = context.projects.get(projectId)
      const deps = { ...context, trainers, signal: closingOf(project) }
      return findNeighbours(deps, project, findRun(project, runId), sha256, count)
    },
  }
}

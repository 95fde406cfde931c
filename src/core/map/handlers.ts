import { AppError } from '../../contract/errors.ts'
import { runAnalysis } from '../analysis/run-analysis.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { rateSince } from '../runs/rate-since.ts'
import { featuresFile, type FeaturesOf } from '../suggestions/stored-head.ts'
import { mapColors } from './map-colors.ts'
import { readMap, storeMap } from './stored-map.ts'

/** A map of a project's images by what they look like. */
export function createMapHandlers(
  context: CoreContext,
  featuresOf: FeaturesOf,
): Handlers<'map.get' | 'map.colors' | 'map.compute' | 'map.cancel'> {
  const { projects, publish } = context
  const running = new Map<OpenProject, { done: Promise<number>; abort: AbortController }>()
  const stop = async (project: OpenProject): Promise<void> => {
    const work = running.get(project)
    work?.abort.abort()
    await work?.done.catch(() => {})
  }
  projects.onClose(stop)

  async function compute(project: OpenProject, signal: AbortSignal): Promise<number> {
    const { files, width, imageIds } = await featuresOf(project, signal)
    const startedAt = performance.now()
    const onProgress = (done: number, total: number): void => {
      const progress = { done, total, ...rateSince(startedAt, done, total) }
      publish('map.progress', { projectId: project.id, progress })
    }
    onProgress(0, imageIds.length)
    const path = featuresFile(project, files)
    const { positions } = await runAnalysis(context, { type: 'map', path, width }, { onProgress, signal })
    storeMap(project, imageIds, positions)
    return imageIds.length
  }

  return {
    'map.get': ({ projectId }) => ({ map: readMap(projects.get(projectId)) }),
    'map.colors': async ({ projectId, by, runId }) => ({
      categories: await mapColors(projects.get(projectId), by, runId),
    }),
    async 'map.compute'({ projectId }) {
      const project = projects.get(projectId)
      let work = running.get(project)
      if (!work) {
        const abort = new AbortController()
        const done = compute(project, abort.signal).finally(() => {
          running.delete(project)
          publish('map.progress', { projectId, progress: null })
        })
        work = { done, abort }
        running.set(project, work)
      }
      return { images: await work.done }
    },
    async 'map.cancel'({ projectId }) {
      const project = projects.get(projectId)
      if (!running.has(project)) {
        throw new AppError(
          'job-not-found',
          'No map is being computed for this project; it may have ended already.',
        )
      }
      await stop(project)
      return {}
    },
  }
}

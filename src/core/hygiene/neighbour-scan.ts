import type { CoreContext } from '../context.ts'
import { runAnalysis } from '../analysis/run-analysis.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { backgroundJobsOf } from '../runs/background-job.ts'
import { rateSince } from '../runs/rate-since.ts'
import { featuresFile, type FeaturesOf } from '../suggestions/stored-head.ts'
import { neighbourCount } from './find-nearest.ts'
import { inParts } from './in-parts.ts'
import { countToPlace, encodeNeighbours, labelledIds } from './odd-neighbours.ts'

/** The looks at neighbours of a core: one at a time for each project. */
export interface NeighbourScans {
  /**
   * Finds the nearest labelled images of all labelled ones, and tells clients how that goes; joins a look that is under way. Where the neighbours of
   * all are known it ends at once.
   *
   * @returns how many images were looked at
   * @throws AppError 'cancelled', 'disk-full', 'internal', and what computing features throws
   */
  run(project: OpenProject): Promise<number>
  /** Ends those that run, and waits for that. */
  stop(project: OpenProject): Promise<void>
}

export function createNeighbourScans(context: CoreContext, featuresOf: FeaturesOf): NeighbourScans {
  const running = new WeakMap<OpenProject, { closing: AbortController; result: Promise<number> }>()

  async function look(
    project: OpenProject,
    signal: AbortSignal,
    onProgress: (phase: 'features' | 'neighbours', done: number, total: number) => void,
  ): Promise<number> {
    const { files, width, imageIds } = await featuresOf(project, signal, (done, total) =>
      onProgress('features', done, total),
    )
    const labelled = new Set(labelledIds(project))
    const rows = Int32Array.from(imageIds.flatMap((id, row) => (labelled.has(id) ? [row] : [])))
    const { rows: looked, nearest } = await runAnalysis(
      context,
      { type: 'neighbours', path: featuresFile(project, files), width, rows },
      { signal, onProgress: (done, total) => onProgress('neighbours', done, total) },
    )
    const found = Array.from(looked, (row, index) => ({
      imageId: imageIds[row] as number,
      neighbours: Array.from(nearest.subarray(index * neighbourCount, (index + 1) * neighbourCount))
        .filter((other) => other >= 0)
        .map((other) => imageIds[other] as number),
    }))
    // The join leaves out an image that another took in meanwhile.
    const put = project.database.prepare<[Buffer, number]>(
      `INSERT OR REPLACE INTO labelled_neighbours (image_id, neighbours) SELECT id, ? FROM images WHERE id = ?`,
    )
    await inParts(project, found, (part) => {
      for (const { imageId, neighbours } of part) put.run(encodeNeighbours(neighbours), imageId)
    })
    return found.length
  }

  return {
    run(project) {
      const joined = running.get(project)
      if (joined) return joined.result
      if (countToPlace(project) === 0) return Promise.resolve(0)
      const closing = new AbortController()
      const result = backgroundJobsOf(context)
        .run(project.id, 'scan', closing.signal, (onEvent, signal) => {
          const startedAt = new Map<string, number>()
          return look(project, signal, (phase, done, total) => {
            const start = startedAt.get(phase) ?? performance.now()
            startedAt.set(phase, start)
            onEvent({ type: 'progress', phase, done, total, ...rateSince(start, done, total) })
          })
        })
        .finally(() => running.delete(project))
      running.set(project, { closing, result })
      // Whoever joins hears of it; nobody has to.
      result.catch(() => {})
      return result
    },
    async stop(project) {
      const entry = running.get(project)
      entry?.closing.abort()
      await entry?.result.catch(() => {})
    },
  }
}

import type { CoreContext, Handlers } from '../context.ts'
import { exportDataset } from '../exporters/export-dataset.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { backgroundJobsOf, type BackgroundEvent } from '../runs/background-job.ts'
import { rateSince } from '../runs/rate-since.ts'
import { waitForImages } from '../runs/wait-for-images.ts'
import { addPictures } from './add-pictures.ts'
import { countImagesBy, getImages } from './image-queries.ts'
import { importsOf } from './imports.ts'
import { facetsOf } from './listing/facets-of.ts'
import { listImages } from './listing/list-images.ts'
import { previewImport } from './preview-import.ts'

type ImagesRequests =
  | 'images.ids'
  | 'images.get'
  | 'images.counts'
  | 'images.facets'
  | 'images.imports'
  | 'images.previewImport'
  | 'images.import'
  | 'images.addPictures'
  | 'images.importReport'
  | 'images.export'
  | 'jobs.list'
  | 'jobs.pause'
  | 'jobs.resume'
  | 'jobs.cancel'

/** Images, their import, and the jobs behind it. */
export interface ImagesArea {
  handlers: Handlers<ImagesRequests>
  /** Pauses imports: the next time their project is opened they go on. */
  close(): Promise<void>
}

/** The newest first. */
function listImports({ database }: OpenProject): { id: number; source: string; startedAt: number }[] {
  return database
    .prepare<[], { id: number; source: string; startedAt: number }>(
      'SELECT id, source, started_at AS startedAt FROM imports ORDER BY id DESC',
    )
    .all()
}

/** With the rate since the beginning, as jobs tell it. */
function progressOf(onEvent: (event: BackgroundEvent) => void): (done: number, total: number) => void {
  const startedAt = performance.now()
  return (done, total) =>
    onEvent({ type: 'progress', phase: 'writing', done, total, ...rateSince(startedAt, done, total) })
}

export function createImagesArea(context: CoreContext): ImagesArea {
  const { projects } = context
  const imports = importsOf(context)
  const background = backgroundJobsOf(context)
  const closing = new WeakMap<OpenProject, AbortController>()
  /** Of the exports of each project. */
  const ended = new WeakMap<OpenProject, Promise<unknown>>()
  projects.onClose(async (project) => {
    closing.get(project)?.abort()
    await ended.get(project)
  })
  const closingOf = (project: OpenProject): AbortSignal => {
    const controller = closing.get(project) ?? new AbortController()
    closing.set(project, controller)
    return controller.signal
  }
  return {
    handlers: {
      'images.ids': ({ projectId, ...query }) => listImages(projects.get(projectId), query),
      'images.get': ({ projectId, ids }) => ({ images: getImages(projects.get(projectId), ids) }),
      'images.counts': ({ projectId }) => countImagesBy(projects.get(projectId)),
      'images.facets': async ({ projectId, filter, facets }) => ({
        facets: await facetsOf(projects.get(projectId), filter, facets),
      }),
      'images.imports': ({ projectId }) => ({ imports: listImports(projects.get(projectId)) }),
      'images.previewImport': (input) => previewImport(input),
      'images.import': (input) => imports.start(input),
      'images.addPictures': (input) => addPictures(context, input),
      'images.importReport': ({ projectId, jobId }) => imports.report(projectId, jobId),
      'images.export'({ projectId, ...options }) {
        const project = projects.get(projectId)
        const result = background.run(projectId, 'export', closingOf(project), async (onEvent, signal) => {
          await waitForImages(project, options.unlabelled ? 'all' : 'labelled', signal)
          return exportDataset(project, options, signal, progressOf(onEvent))
        })
        ended.set(project, Promise.allSettled([ended.get(project), result]))
        return result
      },
      'jobs.list': ({ projectId }) => ({ jobs: [...imports.list(projectId), ...background.list(projectId)] }),
      'jobs.pause'({ projectId, jobId }) {
        imports.pause(projectId, jobId)
        return {}
      },
      'jobs.resume'({ projectId, jobId }) {
        imports.resume(projectId, jobId)
        return {}
      },
      'jobs.cancel': ({ projectId, jobId }) => {
        if (!background.cancel(projectId, jobId)) imports.cancel(projectId, jobId)
        return {}
      },
    },
    close: () => imports.close(),
  }
}

import type { CoreContext, Handlers } from '../context.ts'
import { backgroundJobsOf } from '../runs/background-job.ts'
import { countImagesBy, findImageIds, getImages } from './image-queries.ts'
import { importsOf } from './imports.ts'
import { previewImport } from './preview-import.ts'

type ImagesRequests =
  | 'images.ids'
  | 'images.get'
  | 'images.counts'
  | 'images.previewImport'
  | 'images.import'
  | 'images.importReport'
  | 'jobs.list'
  | 'jobs.cancel'

/** Images, their import, and the jobs behind it. */
export interface ImagesArea {
  handlers: Handlers<ImagesRequests>
  /** Pauses imports: the next time their project is opened they go on. */
  close(): Promise<void>
}

export function createImagesArea(context: CoreContext): ImagesArea {
  const { projects } = context
  const imports = importsOf(context)
  const background = backgroundJobsOf(context)
  return {
    handlers: {
      'images.ids': ({ projectId, filter, sort }) => ({
        ids: findImageIds(projects.get(projectId), filter, sort),
      }),
      'images.get': ({ projectId, ids }) => ({ images: getImages(projects.get(projectId), ids) }),
      'images.counts': ({ projectId }) => countImagesBy(projects.get(projectId)),
      'images.previewImport': (input) => previewImport(input),
      'images.import': (input) => imports.start(input),
      'images.importReport': ({ projectId, jobId }) => imports.report(projectId, jobId),
      'jobs.list': ({ projectId }) => ({ jobs: [...imports.list(projectId), ...background.list(projectId)] }),
      'jobs.cancel': ({ projectId, jobId }) => {
        if (!background.cancel(projectId, jobId)) imports.cancel(projectId, jobId)
        return {}
      },
    },
    close: () => imports.close(),
  }
}

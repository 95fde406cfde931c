import { AppError } from '../../contract/errors.ts'
import type { ReadResult } from '../../imaging/protocol.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { storeReads, type FinishedRead, type StoredReads } from './store-reads.ts'

export interface UnreadImage {
  id: number
  path: string
  /** Whether the bytes are kept in the project. */
  copy: boolean
}

/** Reading of one project's images: each once, however many ask, and stored in batches. */
export interface ImageReads {
  /**
   * Reads an image's bytes; the answer comes before it is stored, `flush` waits for that too.
   * @param priority before everything that is waiting: somebody is looking at it
   * @throws disk-full, internal, cancelled
   */
  read(image: UnreadImage, priority: boolean): Promise<ReadResult>
  /** Stores what was read so far. @throws disk-full */
  flush(): void
  /** Nothing is stored after this. */
  close(): void
}

const storeEveryMs = 200
const storeAtOnce = 400

export function createImageReads(
  context: Pick<CoreContext, 'imaging' | 'publish' | 'log'>,
  project: OpenProject,
): ImageReads {
  const running = new Map<number, Promise<ReadResult>>()
  let finished: FinishedRead[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (finished.length === 0 || closed) return
    const reads = finished
    finished = []
    let stored: StoredReads
    try {
      stored = storeReads(project, reads)
    } catch (error) {
      // Kept for the next try: there may be room by then.
      finished = [...reads, ...finished]
      throw error
    }
    const { changed, listChanged } = stored
    const projectId = project.id
    if (listChanged) {
      context.publish('images.listChanged', { projectId })
      context.publish('classes.changed', { projectId })
    }
    if (changed.length > 0) {
      context.publish('images.changed', { projectId, ids: changed.length > 5000 ? null : changed })
    }
  }

  function flushLater(): void {
    timer ??= setTimeout(() => {
      try {
        flush()
      } catch (error) {
        // What was read waits for the next try; an import that runs meets the same error itself.
        context.log.error({ error, project: project.path }, 'reads could not be stored')
      }
    }, storeEveryMs)
  }

  async function start({ id, path, copy }: UnreadImage, priority: boolean): Promise<ReadResult> {
    const result = await context.imaging.read(
      { path, thumbnailFolder: project.folders.thumbnails, copyFolder: copy ? project.folders.media : null },
      { priority },
    )
    if (result.status === 'failed') {
      throw new AppError(
        result.code,
        result.code === 'disk-full'
          ? `The disk that holds ${project.path} is full. What was read is kept; free some space, and the rest is read when the project is opened again.`
          : `A thumbnail could not be written below ${project.folders.thumbnails}: ${result.message}.`,
        { path: project.path },
      )
    }
    finished.push({ imageId: id, path, result })
    if (finished.length >= storeAtOnce) flush()
    else flushLater()
    return result
  }

  return {
    read(image, priority) {
      let reading = running.get(image.id)
      if (!reading) {
        reading = start(image, priority).finally(() => running.delete(image.id))
        running.set(image.id, reading)
      }
      return reading
    },
    flush,
    close() {
      clearTimeout(timer)
      closed = true
    },
  }
}

const readsByProject = new WeakMap<OpenProject, ImageReads>()

/** The one reading of a project, shared by its import and by what asks for a picture meanwhile. */
export function imageReadsOf(context: CoreContext, project: OpenProject): ImageReads {
  let reads = readsByProject.get(project)
  if (!reads) {
    reads = createImageReads(context, project)
    readsByProject.set(project, reads)
  }
  return reads
}

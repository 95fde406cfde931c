import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BackgroundJob } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import { toProject, type OpenProject } from '../projects/open-projects.ts'
import { rateSince } from '../runs/rate-since.ts'
import { importsOf } from './imports.ts'
import { picturesFolder } from './pictures-folder.ts'

interface SamplePlan {
  images: number
  sizePx: number
  classes: number
  seed: number
  flaws: boolean
}

const defaults: Omit<SamplePlan, 'flaws'> = { images: 600, sizePx: 256, classes: 6, seed: 0 }
/** One message to a process draws about this many pixels: some tenths of a second. */
const pixelsAtOnce = 1_000_000
const progressEveryMs = 150

function planOf(input: RequestParsedInput<'projects.sample'>): SamplePlan {
  const { images, sizePx, classes, seed, flaws } = input
  const wanted: SamplePlan = {
    images: images ?? defaults.images,
    sizePx: sizePx ?? defaults.sizePx,
    classes: classes ?? defaults.classes,
    seed: seed ?? defaults.seed,
    flaws,
  }
  if (wanted.images >= wanted.classes) return wanted
  throw new AppError(
    'invalid-input',
    `A sample needs at least one image for each class; ${wanted.images} images for ${wanted.classes} classes were asked for. Ask for more images or fewer classes.`,
    { images: wanted.images, classes: wanted.classes },
  )
}

async function drawPictures(
  context: CoreContext,
  project: OpenProject,
  folder: string,
  plan: SamplePlan,
): Promise<void> {
  const id = randomUUID()
  const startedAt = performance.now()
  const atOnce = Math.max(1, Math.min(500, Math.round(pixelsAtOnce / plan.sizePx ** 2)))
  let next = 0
  let done = 0
  let publishedAt = 0
  const failures: AppError[] = []

  function publish(state: BackgroundJob['state']): void {
    const now = performance.now()
    if (state === 'running' && now - publishedAt < progressEveryMs) return
    publishedAt = now
    context.publish('jobs.progress', {
      projectId: project.id,
      job: {
        id,
        kind: 'import',
        projectId: project.id,
        phase: 'drawing',
        done,
        total: plan.images,
        ...rateSince(startedAt, done, plan.images),
        state,
        error: null,
      },
    })
  }

  /** One of several that take the next pictures in turn. */
  async function lane(): Promise<void> {
    while (next < plan.images && failures.length === 0) {
      const from = next
      const to = Math.min(plan.images, from + atOnce)
      next = to
      const { seed, sizePx, classes, flaws } = plan
      const result = await context.imaging.draw({ folder, seed, sizePx, classes, flaws, from, to })
      if (result.status === 'failed') {
        failures.push(
          new AppError(result.code, `The sample could not be drawn into ${folder}: ${result.message}.`, {
            path: folder,
          }),
        )
        return
      }
      done += result.images
      publish('running')
    }
  }

  publish('running')
  // Two for each process: the next one is there when it is done.
  await Promise.all(Array.from({ length: context.imaging.workers * 2 }, lane))
  const [failure] = failures
  publish(failure ? 'failed' : 'completed')
  if (failure) throw failure
}

/**
 * The sample project: pictures drawn into its own `pictures/` folder, equal for equal arguments, and imported from there.
 * Without a path it is the person's one sample, drawn at the first call; then it returns as soon as the pictures can be
 * seen, and with a path when all are read.
 *
 * @throws invalid-input, project-exists where a path is given that is there, disk-full
 */
export async function createSample(
  context: CoreContext,
  input: RequestParsedInput<'projects.sample'>,
): Promise<RequestOutput<'projects.sample'>> {
  const plan = planOf(input)
  const path = input.path === undefined ? join(context.dataDir, 'sample.thaw') : resolve(input.path)
  const isThere = input.path === undefined && existsSync(join(path, 'project.sqlite'))
  const project = isThere ? context.projects.open(path) : context.projects.create(path, 'Sample')
  if (countImages(project) === 0) {
    const source = picturesFolder(project)
    await drawPictures(context, project, source, plan)
    const imports = importsOf(context)
    const { jobId } = await imports.start({
      projectId: project.id,
      source,
      format: 'folder',
      storage: 'link',
      labels: 'folder',
      splitFrom: 'none',
      crops: false,
      coarse: false,
    })
    if (input.path !== undefined) await imports.report(project.id, jobId)
  }
  return { project: toProject(project), images: countImages(project), classes: countClasses(project) }
}

function countImages({ database }: OpenProject): number {
  return (
    database.prepare<[], number>('SELECT count(*) FROM images WHERE removed_at IS NULL').pluck().get() ?? 0
  )
}

function countClasses({ database }: OpenProject): number {
  return (
    database.prepare<[], number>('SELECT count(*) FROM classes WHERE deleted_at IS NULL').pluck().get() ?? 0
  )
}

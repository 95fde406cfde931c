import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import type { EventName, EventPayload } from '../../../src/contract/events.ts'
import type { Split } from '../../../src/contract/entities.ts'
import { requests, type RequestInput, type RequestOutput } from '../../../src/contract/requests/index.ts'
import type { TrainPlanInput } from '../../../src/contract/train-plan.ts'
import type { CoreContext } from '../../../src/core/context.ts'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { createOpenProjects, type OpenProject } from '../../../src/core/projects/open-projects.ts'
import { createRunsArea, type RunsArea } from '../../../src/core/runs/handlers.ts'
import type { ImagingPool } from '../../../src/imaging/client.ts'
import { sortKeyOf } from '../../../src/core/store/tables/images.ts'
import type { ScriptedFit } from '../../fixtures/scripted-trainer.ts'

export interface PublishedEvent {
  name: EventName
  payload: EventPayload<EventName>
}

export interface RunsWorkbench {
  folder: string
  context: CoreContext
  project: OpenProject
  runs: RunsArea
  events: PublishedEvent[]
  /** Called on each event before it is kept. */
  onEvent: (event: PublishedEvent) => void
  /** Closes the project and opens it again with a new core. */
  reopen(): Promise<void>
  dispose(): Promise<void>
}

/** The runs area over a real project in a temporary folder, with a trainer that has the fault named, or that plays its parts. */
export function openRunsWorkbench(trainer: string | readonly ScriptedFit[]): RunsWorkbench {
  const folder = mkdtempSync(join(tmpdir(), 'thaw-runs-'))
  const projectPath = join(folder, 'p.thaw')
  const [fixture, env] =
    typeof trainer === 'string'
      ? ['faulty-trainer.ts', { FAULT: trainer }]
      : ['scripted-trainer.ts', { SCRIPT: JSON.stringify(trainer) }]
  const entry = new URL(`../../fixtures/${fixture}`, import.meta.url)
  const log = pino({ level: 'silent' })
  const events: PublishedEvent[] = []

  const start = (create: boolean): Pick<RunsWorkbench, 'context' | 'project' | 'runs'> => {
    const projects = createOpenProjects({ log })
    const context = {
      dataDir: folder,
      resourcesDir: resolve(import.meta.dirname, '../../../resources'),
      host: 'memory',
      version: '0',
      launchTrainer: launchNodeProcess(entry, { env }),
      log,
      projects,
      // The images of these tests are rows without files.
      imaging: {
        workers: 1,
        measure: () => Promise.resolve({ status: 'skipped', reason: 'not-found', detail: '' }),
      } as Partial<ImagingPool> as ImagingPool,
      publish: (name, payload) => {
        bench.onEvent({ name, payload } as PublishedEvent)
        events.push({ name, payload } as PublishedEvent)
      },
    } as Partial<CoreContext> as CoreContext
    const runs = createRunsArea(context)
    return { context, runs, project: create ? projects.create(projectPath) : projects.open(projectPath) }
  }

  const bench: RunsWorkbench = {
    folder,
    events,
    onEvent: () => {},
    ...start(true),
    async reopen() {
      await bench.runs.close()
      await bench.context.projects.closeAll()
      Object.assign(bench, start(false))
    },
    async dispose() {
      await bench.runs.close()
      await bench.context.projects.closeAll()
      rmSync(folder, { recursive: true })
    },
  }
  return bench
}

export interface TestImage {
  name: string
  class: string | null
  split?: Split
  status?: 'pending' | 'ready'
}

/** Puts rows of images in the project whose files need not exist. @returns their ids */
export function addImages(project: OpenProject, images: readonly TestImage[]): number[] {
  const { database } = project
  return project.transaction(() =>
    images.map(({ name, class: className, split = null, status = 'ready' }) => {
      const sha256 = status === 'ready' ? sha256Of(name) : null
      const { lastInsertRowid: id } = database
        .prepare(
          `INSERT INTO images (sha256, path, relative_path, sort_key, size_bytes, status, split)
           VALUES (?, ?, ?, ?, 1, ?, ?)`,
        )
        .run(sha256, `/nowhere/${name}`, name, sortKeyOf(name), status, split)
      if (className !== null) {
        database
          .prepare(
            `INSERT INTO classes (name, color, position)
             SELECT @name, '#888888', (SELECT count(*) FROM classes)
             WHERE NOT EXISTS (SELECT 1 FROM classes WHERE name = @name)`,
          )
          .run({ name: className })
        database
          .prepare('INSERT INTO annotations SELECT ?, id FROM classes WHERE name = ?')
          .run(id, className)
      }
      return Number(id)
    }),
  )
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** `count` images of each class, without a split. */
export function imagesOf(classes: readonly string[], count: number): TestImage[] {
  return classes.flatMap((name) =>
    Array.from({ length: count }, (_, index) => ({ name: `${name}/${index}.jpg`, class: name })),
  )
}

/** Of each of two classes 10 images to train on and 20 to validate. */
export function splitImages(): TestImage[] {
  return imagesOf(['ant', 'bee'], 30).map((image, index) => ({
    ...image,
    split: index % 3 === 0 ? ('train' as const) : ('validation' as const),
  }))
}

/** @throws Error after eight seconds */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 8000; !(await condition()); await delay(5)) {
    if (Date.now() > end) throw new Error('waited in vain')
  }
}

/** Requests of a workbench's project, whichever core it has by now. */
export function requestsOf(bench: RunsWorkbench) {
  const of = <Name extends keyof RunsArea['handlers']>(
    name: Name,
    input: Omit<RequestInput<Name>, 'projectId'>,
  ): Promise<RequestOutput<Name>> => {
    const parsed = requests[name].input.parse({ projectId: bench.project.id, ...input })
    // Some handlers throw at once, which a client never sees.
    return Promise.resolve().then(() => bench.runs.handlers[name](parsed as never) as RequestOutput<Name>)
  }
  const start = async (plan: TrainPlanInput = {}) => (await of('runs.start', { plan })).run.id
  const statusOf = async (runId: string) => (await of('runs.get', { runId })).run.status
  return { of, start, statusOf, ended: (runId: string) => of('runs.wait', { runId }) }
}

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import type { EventName, EventPayload } from '../../../src/contract/events.ts'
import type { Split } from '../../../src/contract/entities.ts'
import type { CoreContext } from '../../../src/core/context.ts'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { createOpenProjects, type OpenProject } from '../../../src/core/projects/open-projects.ts'
import { createRunsArea, type RunsArea } from '../../../src/core/runs/handlers.ts'
import { sortKeyOf } from '../../../src/core/store/tables/images.ts'

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

/** The runs area over a real project in a temporary folder, with a trainer that has the fault named. */
export function openRunsWorkbench(fault: string): RunsWorkbench {
  const folder = mkdtempSync(join(tmpdir(), 'thaw-runs-'))
  const projectPath = join(folder, 'p.thaw')
  const entry = new URL('../../fixtures/faulty-trainer.ts', import.meta.url)
  const log = pino({ level: 'silent' })
  const events: PublishedEvent[] = []

  const start = (create: boolean): Pick<RunsWorkbench, 'context' | 'project' | 'runs'> => {
    const projects = createOpenProjects({ log })
    const context = {
      dataDir: folder,
      resourcesDir: resolve(import.meta.dirname, '../../../resources'),
      host: 'memory',
      version: '0',
      launchTrainer: launchNodeProcess(entry, { env: { FAULT: fault } }),
      log,
      projects,
      publish: (name, payload) => {
        bench.onEvent({ name, payload } as PublishedEvent)
        events.push({ name, payload } as PublishedEvent)
      },
    } as CoreContext
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

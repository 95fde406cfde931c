import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { EventName, EventPayload } from '../../src/contract/events.ts'
import type { Split } from '../../src/contract/entities.ts'
import type { CoreContext } from '../../src/core/context.ts'
import { createOpenProjects, type OpenProject } from '../../src/core/projects/open-projects.ts'
import { sortKeyOf } from '../../src/core/store/tables/images.ts'

/** A folder that is deleted after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface PublishedEvent {
  name: EventName
  payload: EventPayload<EventName>
}

/** What the areas of core under test need, over a real data folder. Child processes are not among it. */
export function testContext(folder = temporaryFolder()): CoreContext & { events: PublishedEvent[] } {
  const events: PublishedEvent[] = []
  const log = pino({ level: 'silent' })
  const launch = () => {
    throw new Error('This test starts no child process.')
  }
  const projects = createOpenProjects({ log })
  onTestFinished(() => projects.closeAll())
  return {
    dataDir: join(folder, 'data'),
    resourcesDir: join(import.meta.dirname, '../../resources'),
    host: 'browser',
    version: '0.0.0-test',
    launchTrainer: launch,
    launchImaging: launch,
    log,
    publish: (name, payload) => void events.push({ name, payload }),
    projects,
    imaging: {
      workers: 0,
      read: launch,
      measure: launch,
      draw: launch,
      unpackRecords: launch,
      crop: launch,
      close: () => Promise.resolve(),
    },
    events,
  }
}

/** Milliseconds of processor time that `action` takes: unlike the clock's, it does not grow with what else runs. */
export function processorMs(action: () => void): number {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export interface TestImage {
  relativePath: string
  sha256?: string | null
  className?: string
  split?: Split | null
}

/** Rows as an import leaves them. @returns ids in the order given */
export function insertImages(project: OpenProject, images: readonly TestImage[]): number[] {
  const insert = project.database.prepare(
    `INSERT INTO images (path, relative_path, sort_key, size_bytes, sha256, split, status) VALUES (?, ?, ?, 1000, ?, ?, ?)`,
  )
  const label = project.database.prepare(
    'INSERT INTO annotations (image_id, class_id) SELECT ?, id FROM classes WHERE name = ? AND deleted_at IS NULL',
  )
  return project.transaction(() =>
    images.map(({ relativePath, sha256 = null, className, split = null }) => {
      const { lastInsertRowid } = insert.run(
        `/pictures/${relativePath}`,
        relativePath,
        sortKeyOf(relativePath),
        sha256,
        split,
        sha256 ? 'ready' : 'pending',
      )
      if (className !== undefined) label.run(lastInsertRowid, className)
      return Number(lastInsertRowid)
    }),
  )
}

/** Class names by image id, of images that are not removed. */
export function readLabels(project: OpenProject): Map<number, string | null> {
  const rows = project.database
    .prepare<[], [number, string | null]>(
      `SELECT images.id, classes.name FROM images
       LEFT JOIN annotations ON annotations.image_id = images.id
       LEFT JOIN classes ON classes.id = annotations.class_id AND classes.deleted_at IS NULL
       WHERE images.removed_at IS NULL ORDER BY images.id`,
    )
    .raw()
    .all()
  return new Map(rows)
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import { AppError } from '../../../contract/errors.ts'
import { limitsKey } from '../../hygiene/limits.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import {
  createImageColumns,
  growImageColumns,
  setClasses,
  setImageRow,
  type ImageColumns,
  type ImageColumnsRow,
} from './image-columns.ts'

/**
 * What lists of a project's images are made of, in memory: read once, and brought up to what changed since by triggers of this connection. A hundred
 * thousand images take some 20 MB and are read within a few tenths of a second, in parts that let other work in between.
 */
export interface ImageTable {
  /** Ids of the images that are not removed, in the order of paths. */
  readonly order: Int32Array
  readonly columns: ImageColumns
  /** Rises whenever images come, go or are renamed. */
  readonly orderVersion: number
  /** Rises whenever what hygiene goes by changes, but for labels. */
  readonly issuesVersion: number
  /** Rises whenever labels change, or the neighbours that they are compared with. */
  readonly labelsVersion: number
}

/** Keeps the table of one project. */
interface ImageTableKeeper {
  /** Brought up to date. @throws AppError 'cancelled' where the project is closed meanwhile */
  current(): Promise<ImageTable>
  /** Whether `current` would have to read everything. */
  isRead(): boolean
}

/** So few that nobody who labels waits for them. */
const rowsAtOnce = 500

const rowsSql = `SELECT images.id, relative_path AS path, split, status, flagged, unsure, note IS NOT NULL AS noted,
    import_id AS importId, width, height, modified_ms AS modifiedMs, captured_at AS capturedAt, brightness, sharpness,
    predicted.class_id AS predictedId, probability, margin
  FROM %from% LEFT JOIN image_marks AS marks ON marks.image_id = images.id
  LEFT JOIN image_measurements AS measured ON measured.image_id = images.id
  LEFT JOIN image_predictions AS predicted ON predicted.image_id = images.id
    AND EXISTS (SELECT 1 FROM classes WHERE classes.id = predicted.class_id AND classes.deleted_at IS NULL)`

const changes = ['INSERT', 'UPDATE', 'DELETE'] as const

/** Triggers that live as long as the connection: whatever writes, and undo of it, is heard of. */
function listenTo(
  database: Database,
  listener: {
    image: (id: number) => void
    order: () => void
    issues: () => void
    labels: () => void
    everything: () => void
  },
): void {
  database.function('note_image', (id) => {
    listener.image(id as number)
    return null
  })
  for (const name of ['order', 'issues', 'labels', 'everything'] as const) {
    database.function(`note_${name}`, () => {
      listener[name]()
      return null
    })
  }
  const statements: string[] = []
  const on = (event: string, table: string, calls: string, when = ''): void => {
    const name = `noted_${statements.length}`
    statements.push(
      `CREATE TEMP TRIGGER ${name} AFTER ${event} ON main.${table} ${when} BEGIN SELECT ${calls}; END;`,
    )
  }
  const noteRow = (event: string, column: string): string =>
    `note_image(${event === 'DELETE' ? 'old' : 'new'}.${column})`
  for (const event of changes) {
    on(event, 'images', noteRow(event, 'id'))
    for (const table of ['image_marks', 'image_predictions']) on(event, table, noteRow(event, 'image_id'))
    on(event, 'annotations', `${noteRow(event, 'image_id')}, note_labels()`)
    on(event, 'labelled_neighbours', 'note_labels()')
    on(event, 'image_measurements', `${noteRow(event, 'image_id')}, note_issues()`)
    for (const table of ['near_duplicates', 'dismissed_findings', 'image_sources'])
      on(event, table, 'note_issues()')
  }
  for (const event of ['INSERT', 'DELETE', 'UPDATE OF removed_at, sort_key, path'])
    on(event, 'images', 'note_order(), note_issues()')
  on('UPDATE OF width, height, status', 'images', 'note_issues()')
  // Where findings begin.
  for (const event of ['INSERT', 'UPDATE'])
    on(event, 'meta', 'note_issues(), note_labels()', `WHEN new.key = '${limitsKey}'`)
  // Predictions of a class that was deleted, or came back, count no longer, or again.
  on('UPDATE OF deleted_at', 'classes', 'note_everything()')
  database.exec(statements.join('\n'))
}

function createImageTable(project: OpenProject): ImageTableKeeper {
  const { database } = project
  const page = database.prepare<[number], ImageColumnsRow>(
    `${rowsSql.replace('%from%', 'images')} WHERE images.id > ? ORDER BY images.id LIMIT ${rowsAtOnce}`,
  )
  const named = database.prepare<[string], ImageColumnsRow>(
    rowsSql.replace('%from%', 'json_each(?) AS asked CROSS JOIN images ON images.id = asked.value'),
  )
  const labelsBetween = database
    .prepare<[number, number], [number, number]>(
      'SELECT image_id, class_id FROM annotations WHERE image_id BETWEEN ? AND ? ORDER BY image_id, class_id',
    )
    .raw()
  const labelsOf = database
    .prepare<[string], [number, number]>(
      `SELECT image_id, class_id FROM json_each(?) AS asked CROSS JOIN annotations ON image_id = asked.value
       ORDER BY image_id, class_id`,
    )
    .raw()
  const idsInOrder = database
    .prepare<[], number>('SELECT id FROM images WHERE removed_at IS NULL ORDER BY sort_key, path')
    .pluck()
  const lastId = database.prepare<[], number | null>('SELECT max(id) FROM images').pluck()

  let columns = createImageColumns(0)
  let room = 0
  let order = new Int32Array()
  let orderVersion = 0
  let issuesVersion = 0
  let labelsVersion = 0
  let changed = new Set<number>()
  let orderIsOld = true
  /** Nothing was read yet, or nothing that was read is to be kept. */
  let isEmpty = true
  let reading: Promise<ImageTable> | null = null

  listenTo(database, {
    image: (id) => void changed.add(id),
    order: () => (orderIsOld = true),
    issues: () => (issuesVersion += 1),
    labels: () => (labelsVersion += 1),
    everything: () => (isEmpty = true),
  })

  function makeRoom(): void {
    const last = lastId.get() ?? 0
    if (last <= room) return
    room = Math.max(last, Math.ceil(room * 1.5))
    columns = growImageColumns(columns, room)
  }

  function put(rows: readonly ImageColumnsRow[], labels: readonly [number, number][]): void {
    const classesOf = new Map<number, number[]>()
    for (const [imageId, classId] of labels) {
      const known = classesOf.get(imageId)
      if (known) known.push(classId)
      else classesOf.set(imageId, [classId])
    }
    for (const row of rows) {
      setImageRow(columns, row)
      setClasses(columns, row.id, classesOf.get(row.id) ?? noClasses)
    }
  }

  /** Other requests have their turn. */
  async function breathe(): Promise<void> {
    await nextTurn()
    if (!database.open)
      throw new AppError('cancelled', 'The project was closed while its images were listed.')
  }

  async function readAll(): Promise<void> {
    isEmpty = false
    changed = new Set()
    makeRoom()
    for (let last = 0; ;) {
      const rows = page.all(last)
      const [first] = rows
      if (!first) return
      last = rows.at(-1)?.id ?? last
      // Images that came since the room was made.
      if (last > room) makeRoom()
      put(rows, labelsBetween.all(first.id, last))
      await breathe()
    }
  }

  function readChanged(): void {
    makeRoom()
    const ids: number[] = []
    for (const id of changed) {
      ids.push(id)
      changed.delete(id)
      if (ids.length === rowsAtOnce) break
    }
    const text = JSON.stringify(ids)
    put(named.all(text), labelsOf.all(text))
  }

  async function bringUp(): Promise<ImageTable> {
    while (isEmpty || changed.size > 0) {
      if (isEmpty) await readAll()
      else {
        readChanged()
        if (changed.size > 0) await breathe()
      }
    }
    if (orderIsOld) {
      orderIsOld = false
      order = Int32Array.from(idsInOrder.all())
      orderVersion += 1
    }
    return { order, columns, orderVersion, issuesVersion, labelsVersion }
  }

  return {
    async current() {
      // Whoever waited may find that more has changed since.
      while (reading) await reading
      reading = bringUp()
      try {
        return await reading
      } catch (error) {
        isEmpty = true
        throw error
      } finally {
        reading = null
      }
    },
    isRead: () => !isEmpty && reading === null,
  }
}

const noClasses: readonly number[] = []

const tables = new WeakMap<OpenProject, ImageTableKeeper>()

/** The one table of a project, made when it is first asked for. */
export function imageTableOf(project: OpenProject): ImageTableKeeper {
  const table = tables.get(project) ?? createImageTable(project)
  tables.set(project, table)
  return table
}

import { basename, resolve } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import type { ImportCandidate, ImportScan } from '../importers/importer.ts'
import { ensureClasses, getClass } from '../labels/classes.ts'
import { recordCommand } from '../labels/journal.ts'
import { groupByClasses } from '../labels/labels-of.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { sortKeyOf, type ImageRow } from '../store/tables/images.ts'

/** What `imports.report` holds until the import is finished. */
export interface ImportStart {
  found: number
  /** Of an import whose pictures are still to be unpacked: what was asked for, so that it can go on in another process. */
  unpack?: RequestParsedInput<'images.import'>
}

type KnownImage = Pick<
  ImageRow,
  'id' | 'size_bytes' | 'modified_ms' | 'status' | 'removed_at' | 'path' | 'split' | 'sha256'
>

function prepare(database: Database) {
  return {
    known: database.prepare<[string], KnownImage>(
      `SELECT images.id, size_bytes, modified_ms, status, removed_at, images.path, split, sha256
       FROM image_sources JOIN images ON images.id = image_sources.image_id WHERE image_sources.path = ?`,
    ),
    insertImage: database.prepare<[string, string, string, number, number, string | null, number]>(
      `INSERT INTO images (path, relative_path, sort_key, size_bytes, modified_ms, split, import_id)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    putSource: database.prepare<[string, number | bigint, string, number, string | null]>(
      `INSERT INTO image_sources (path, image_id, relative_path, import_id, class_name) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (path) DO UPDATE SET image_id = excluded.image_id, relative_path = excluded.relative_path,
         import_id = excluded.import_id, class_name = excluded.class_name`,
    ),
    keepSource: database.prepare<[string, number, string | null, string]>(
      `UPDATE image_sources SET relative_path = ?, import_id = ?, class_name = coalesce(?, class_name) WHERE path = ?`,
    ),
    adopt: database.prepare<[number, string | null, number]>(
      `UPDATE images SET import_id = ?, split = coalesce(split, ?), removed_at = NULL, removed_by = NULL WHERE id = ?`,
    ),
    markMissing: database.prepare<[number]>(
      `UPDATE images SET status = 'missing' WHERE id = ? AND status = 'ready'
       AND NOT EXISTS (SELECT 1 FROM image_sources WHERE image_id = images.id)`,
    ),
    label: database.prepare<[number, number, number]>(
      `INSERT INTO annotations (image_id, class_id) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM annotations WHERE image_id = ?)`,
    ),
    skip: database.prepare<[number, string, string, string]>(
      `INSERT OR REPLACE INTO skipped_files (import_id, path, reason, detail) VALUES (?, ?, ?, ?)`,
    ),
  }
}

type ImportInput = RequestParsedInput<'images.import'>

/** Stores that an import began. @returns its id */
export function beginImport(
  { database }: OpenProject,
  input: ImportInput,
  startedAt: number,
  start: ImportStart,
): number {
  const { lastInsertRowid } = database
    .prepare(
      'INSERT INTO imports (source, storage, labels_from, split_from, started_at, report) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(
      resolve(input.source),
      input.storage,
      input.labels,
      input.splitFrom,
      startedAt,
      JSON.stringify(start),
    )
  return Number(lastInsertRowid)
}

/** What is to be unpacked of an import that was cut off; undefined where everything was registered. */
export function unpackingInput({ database }: OpenProject, importId: number): ImportInput | undefined {
  const stored = database
    .prepare<[number], string | null>('SELECT report FROM imports WHERE id = ? AND finished_at IS NULL')
    .pluck()
    .get(importId)
  return stored ? (JSON.parse(stored) as ImportStart).unpack : undefined
}

/**
 * Stores every candidate as an image whose bytes are still to be read, labelled and split as the source says, in one
 * transaction and as one command of the journal. A path that is known already, with the same size and time, adds nothing,
 * unless its image had been removed or was never read: then it is this import's.
 *
 * @param importId of `beginImport`
 * @returns how many images this import brought: new ones, and ones that had been removed
 * @throws disk-full, class-not-found, with nothing stored
 */
export function registerImport(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  importId: number,
  input: ImportInput,
  scan: ImportScan,
): number {
  const { database } = project
  return project.transaction(() => {
    const found = scan.candidates.length + scan.skipped.length + (scan.repeated ?? 0)
    database
      .prepare('UPDATE imports SET report = ? WHERE id = ?')
      .run(JSON.stringify({ found } satisfies ImportStart), importId)
    const statements = prepare(database)
    for (const { path, reason, detail } of scan.skipped) statements.skip.run(importId, path, reason, detail)

    const brought: { id: number; className: string | null }[] = []
    const className = input.classId === undefined ? null : getClass(project, input.classId).name
    for (const candidate of scan.candidates) {
      const chosen = asChosen(candidate, input, className)
      const id = registerCandidate(statements, importId, chosen)
      if (id !== null) brought.push({ id, className: chosen.className })
    }
    // Only classes of images that came: what changes nothing is no command, and could not be undone.
    const names = new Set(brought.map(({ className }) => className).filter((name) => name !== null))
    const classes = ensureClasses(project, names)
    const labels = new Map<number, number[]>()
    for (const { id, className } of brought) {
      const classId = className === null ? undefined : classes.ids.get(className)
      if (classId === undefined) continue
      // A label that it has already stands.
      if (statements.label.run(id, classId, id).changes > 0) labels.set(id, [classId])
    }
    const registered = brought.length
    if (registered > 0) {
      recordCommand(context, project, {
        kind: 'images.import',
        payload: [
          ...classes.payload,
          { do: 'show-import', importId },
          { do: 'labels', groups: groupByClasses(labels) },
        ],
        inverse: [
          { do: 'hide-import', importId },
          { do: 'labels', groups: [{ classIds: [], imageIds: [...labels.keys()] }] },
          ...classes.inverse,
        ],
        summary: { images: registered, folder: basename(resolve(input.source)) },
      })
    }
    return registered
  })
}

/** Without the labels and splits that were not asked for. @param given the class of all of them, where the person gave one */
function asChosen(
  candidate: ImportCandidate,
  { labels, splitFrom }: ImportInput,
  given: string | null,
): ImportCandidate {
  if (labels !== 'none' && splitFrom !== 'none' && given === null) return candidate
  return {
    ...candidate,
    className: given ?? (labels === 'none' ? null : candidate.className),
    split: splitFrom === 'none' ? null : candidate.split,
  }
}

/** @returns the image that is this import's now, or null where the path is known already */
function registerCandidate(
  statements: ReturnType<typeof prepare>,
  importId: number,
  candidate: ImportCandidate,
): number | null {
  const { path, relativePath, sizeBytes, modifiedMs, className, split } = candidate
  const known = statements.known.get(path)
  if (known) {
    const unchanged =
      known.path !== path || (known.size_bytes === sizeBytes && known.modified_ms === modifiedMs)
    if (unchanged) {
      statements.keepSource.run(relativePath, importId, className, path)
      if (known.removed_at === null && known.status !== 'pending') return null
      statements.adopt.run(importId, split, known.id)
      return known.id
    }
  }
  const { lastInsertRowid } = statements.insertImage.run(
    path,
    relativePath,
    sortKeyOf(relativePath),
    sizeBytes,
    modifiedMs,
    split,
    importId,
  )
  statements.putSource.run(path, lastInsertRowid, relativePath, importId, className)
  // The file holds other bytes than it did: those that were read then are gone.
  if (known) statements.markMissing.run(known.id)
  return Number(lastInsertRowid)
}

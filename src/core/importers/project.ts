import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { originalPath } from '../../imaging/thumbnail-path.ts'
import { moveOf } from '../projects/follow-move.ts'
import { applicationId, schemaVersion } from '../store/open.ts'
import { toAppError } from '../store/to-app-error.ts'
import { inImportOrder } from './folder.ts'
import type { ImportCandidate, Importer, ImportScan } from './importer.ts'
import { planOfImages } from './listed-images.ts'

interface Row {
  path: string
  relativePath: string
  sha256: string | null
  split: Split | null
  className: string | null
}

const databaseOf = (folder: string): string => join(folder, 'project.sqlite')

/**
 * The images of a project as they are now, whether it is open or not: nothing is written into it.
 *
 * @throws import-invalid, project-newer, project-damaged
 */
function readRows(folder: string): Row[] {
  let database: Database.Database | undefined
  try {
    database = new Database(databaseOf(folder), { readonly: true, fileMustExist: true })
    const id = database.pragma('application_id', { simple: true })
    const version = Number(database.pragma('user_version', { simple: true }))
    if (id !== applicationId) {
      throw new AppError('import-invalid', `${folder} is no project of Thaw.`, { path: folder })
    }
    if (version > schemaVersion) {
      throw new AppError(
        'project-newer',
        `${folder} was made by a newer version of Thaw (schema ${version}; this one knows ${schemaVersion}). Update Thaw to import it.`,
        { path: folder, received: version, expected: schemaVersion },
      )
    }
    const move = moveOf(database, folder)
    const rows = database
      .prepare<[], Row>(
        `SELECT images.path, relative_path AS relativePath, sha256, split, min(classes.name) AS className
         FROM images
         LEFT JOIN annotations ON annotations.image_id = images.id
         LEFT JOIN classes ON classes.id = annotations.class_id AND classes.deleted_at IS NULL
         WHERE images.removed_at IS NULL GROUP BY images.id ORDER BY sort_key, images.path`,
      )
      .all()
    return rows.map((row) =>
      move && row.path.startsWith(move.before)
        ? { ...row, path: move.after + row.path.slice(move.before.length) }
        : row,
    )
  } catch (error) {
    throw toAppError(error, folder)
  } finally {
    database?.close()
  }
}

/** The copy in the project where there is one, else where the image was imported from. */
function fileOf(folder: string, { path, sha256 }: Row): string {
  const copy = sha256 === null ? null : originalPath(join(folder, 'media'), sha256)
  return copy !== null && existsSync(copy) ? copy : path
}

function scanRows(folder: string, rows: readonly Row[]): ImportScan {
  const candidates: ImportCandidate[] = []
  const skipped: SkippedFile[] = []
  for (const row of rows) {
    const path = fileOf(folder, row)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats?.isFile()) {
      skipped.push({
        path: row.path,
        reason: 'not-found',
        detail: 'The project has it, but its file is gone.',
      })
      continue
    }
    const { relativePath, className, split } = row
    const { size, mtimeMs } = stats
    candidates.push({
      path,
      relativePath,
      sizeBytes: size,
      modifiedMs: Math.trunc(mtimeMs),
      className,
      split,
    })
  }
  return inImportOrder({ candidates, skipped })
}

/** Another project of Thaw: its images, labels and splits; not its runs. */
export const projectImporter: Importer = {
  id: 'project',
  recognizes: ({ path, isFolder }) => Promise.resolve(isFolder && existsSync(databaseOf(path))),
  async open({ path, isFolder }) {
    if (!isFolder || !existsSync(databaseOf(path))) {
      throw new AppError(
        'import-format-unknown',
        `${path} is no project of Thaw: a folder with a project.sqlite in it was expected.`,
        { path },
      )
    }
    const rows = readRows(path)
    const plan = planOfImages(
      () => Promise.resolve(scanRows(path, rows)),
      () => new AppError('no-images', `The project ${path} has no images whose files are there.`, { path }),
    )
    return Promise.resolve(plan)
  },
}

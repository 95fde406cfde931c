import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenProject } from '../open-projects.ts'
import type { ReportProblem } from './problem.ts'

/** A file younger than this may belong to work that goes on now. */
const settledMs = 60 * 60 * 1000

/** Files that no row knows: left over where a process died between writing and committing. Repair deletes them. */
export function checkFolders(project: OpenProject, repair: boolean, report: ReportProblem): void {
  checkRuns(project, repair, report)
  checkMedia(project, repair, report)
  checkThumbnails(project, repair, report)
}

function checkRuns({ database, folders }: OpenProject, repair: boolean, report: ReportProblem): void {
  const runs = new Map(
    database.prepare<[], [string, string]>("SELECT 'r' || number, status FROM runs").raw().all(),
  )
  const found = new Set(list(folders.runs))
  for (const name of found) {
    if (runs.has(name)) continue
    const path = join(folders.runs, name)
    const remove = repair && isSettled(path)
    if (remove) rmSync(path, { recursive: true, force: true })
    report({
      kind: 'run-folder-orphan',
      message: `${path} belongs to no run of this project. Repair deletes it once it has not changed for an hour.`,
      path,
      repaired: remove,
    })
  }
  for (const [id, status] of runs) {
    if (status !== 'completed' || found.has(id)) continue
    report({
      kind: 'run-folder-missing',
      message: `The folder of run ${id} is gone, and its model with it. Its curves and results are kept; train again for a model.`,
      path: join(folders.runs, id),
      repaired: false,
    })
  }
}

function checkMedia({ database, folders }: OpenProject, repair: boolean, report: ReportProblem): void {
  const known = database.prepare<[string], number>('SELECT 1 FROM images WHERE sha256 = ?').pluck()
  for (const prefix of list(folders.media)) {
    for (const name of list(join(folders.media, prefix))) {
      if (known.get(name) !== undefined) continue
      const path = join(folders.media, prefix, name)
      if (!isSettled(path)) continue
      if (repair) rmSync(path, { recursive: true, force: true })
      report({
        kind: 'media-orphan',
        message: `${path} belongs to no image of this project. Repair deletes it.`,
        path,
        repaired: repair,
      })
    }
  }
}

function checkThumbnails({ folders }: OpenProject, repair: boolean, report: ReportProblem): void {
  for (const name of list(folders.thumbnails, true)) {
    const path = join(folders.thumbnails, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found?.isFile() || found.size > 0) continue
    if (repair) rmSync(path, { force: true })
    report({
      kind: 'thumbnail-damaged',
      message: `The thumbnail ${path} is empty. Repair deletes it, and it is made again when it is shown.`,
      path,
      repaired: repair,
    })
  }
}

function isSettled(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > settledMs
}

function list(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' }).sort()
  } catch (error) {
    // cache may be deleted at any time, and a stray file is not a folder.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

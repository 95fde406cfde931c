import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { ImageStatus } from '../../../contract/entities.ts'
import { replaceFile } from '../../../imaging/replace-file.ts'
import { originalPath } from '../../../imaging/thumbnail-path.ts'
import type { OpenProject } from '../open-projects.ts'
import type { ReportProblem } from './problem.ts'

interface Row {
  id: number
  sha256: string | null
  path: string
  size_bytes: number
  modified_ms: number | null
  status: ImageStatus
  copied: 0 | 1
}

/** Bytes read again at most; beyond, sizes and times stand for contents. */
const hashBudgetBytes = 4 * 2 ** 30
const filesAtOnce = 16

/**
 * Every image's bytes: copied originals in `media`, linked ones where they lie. Repair takes another path of the same
 * image where the first is gone, copies a damaged original again, and brings the status of each image up to date.
 */
export async function checkImages(
  project: OpenProject,
  repair: boolean,
  report: ReportProblem,
): Promise<void> {
  const rows = project.database
    .prepare<[], Row>(
      `SELECT images.id, sha256, path, size_bytes, modified_ms, status, coalesce(imports.storage = 'copy', 0) AS copied
       FROM images LEFT JOIN imports ON imports.id = images.import_id WHERE removed_at IS NULL ORDER BY sort_key, path`,
    )
    .all()
  let hashed = 0
  const mayHash = (bytes: number) => (hashed += bytes) <= hashBudgetBytes
  let next = 0
  const worker = async () => {
    for (let row = rows[next++]; row; row = rows[next++]) {
      if (row.sha256 === null) await checkPending(project, row, repair, report)
      else if (row.copied || existsSync(originalPath(project.folders.media, row.sha256)))
        await checkCopied(project, row, row.sha256, repair, report, mayHash)
      else await checkLinked(project, row, row.sha256, repair, report, mayHash)
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, worker))
}

async function checkPending(project: OpenProject, row: Row, repair: boolean, report: ReportProblem) {
  if (await sizeOf(row.path)) return
  if (repair) setStatus(project, row, 'missing')
  report({
    kind: 'file-missing',
    message: `${row.path} is gone, and was not read before it went. Bring it back, or remove the image.`,
    path: row.path,
    repaired: false,
  })
}

async function checkLinked(
  project: OpenProject,
  row: Row,
  sha256: string,
  repair: boolean,
  report: ReportProblem,
  mayHash: (bytes: number) => boolean,
): Promise<void> {
  const fault = await faultOf(row.path, row, sha256, mayHash)
  if (fault === null) {
    if (row.status === 'missing') {
      if (repair) setStatus(project, row, 'ready')
      report({
        kind: 'file-back',
        message: `${row.path} is there again but is marked as missing. Repair marks it as ready.`,
        path: row.path,
        repaired: repair,
      })
    }
    return
  }
  let repaired = false
  if (repair) {
    const other = await otherPath(project, row, sha256)
    if (other !== null) {
      project.database.prepare("UPDATE images SET path = ?, status = 'ready' WHERE id = ?").run(other, row.id)
      repaired = true
    } else setStatus(project, row, 'missing')
  }
  report({
    kind: fault === 'missing' ? 'file-missing' : 'file-changed',
    message:
      fault === 'missing'
        ? `${row.path} is gone. Bring it back, import it again from where it is now, or remove the image.`
        : `${row.path} holds other bytes than were imported. Bring the original back, or import it again as a new image.`,
    path: row.path,
    repaired,
  })
}

async function checkCopied(
  project: OpenProject,
  row: Row,
  sha256: string,
  repair: boolean,
  report: ReportProblem,
  mayHash: (bytes: number) => boolean,
): Promise<void> {
  const media = originalPath(project.folders.media, sha256)
  const fault = await faultOf(media, { ...row, modified_ms: null }, sha256, mayHash)
  if (fault === null) return
  let repaired = false
  if (repair) {
    const original = await otherPath(project, row, sha256)
    if (original !== null) {
      replaceFile(media, await readFile(original), { durable: true })
      repaired = true
    } else setStatus(project, row, 'missing')
  }
  report({
    kind: fault === 'missing' ? 'media-missing' : 'media-damaged',
    message:
      fault === 'missing'
        ? `The copy of ${row.path} is gone from the project.`
        : `The copy of ${row.path} in the project is damaged.`,
    path: media,
    repaired,
  })
}

/** Null: these are the bytes, as far as can be told within the budget. */
async function faultOf(
  path: string,
  row: Pick<Row, 'size_bytes' | 'modified_ms'>,
  sha256: string,
  mayHash: (bytes: number) => boolean,
): Promise<'missing' | 'changed' | null> {
  const found = await sizeOf(path)
  if (!found) return 'missing'
  if (found.size !== row.size_bytes) return 'changed'
  if (row.modified_ms !== null && Math.trunc(found.mtimeMs) === Math.trunc(row.modified_ms)) return null
  if (!mayHash(found.size)) return null
  return (await sha256Of(path)) === sha256 ? null : 'changed'
}

async function otherPath(project: OpenProject, row: Row, sha256: string): Promise<string | null> {
  const paths = project.database
    .prepare<[number], string>('SELECT path FROM image_sources WHERE image_id = ? ORDER BY path')
    .pluck()
    .all(row.id)
  for (const path of paths) {
    const found = await sizeOf(path)
    if (found?.size === row.size_bytes && (await sha256Of(path)) === sha256) return path
  }
  return null
}

async function sizeOf(path: string): Promise<{ size: number; mtimeMs: number } | null> {
  try {
    const found = await stat(path)
    return found.isFile() ? found : null
  } catch {
    // Gone or out of reach: the caller names it.
    return null
  }
}

/** Null where it cannot be read. */
async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  } catch {
    // Unreadable bytes are not the bytes expected: the caller names the file.
    return null
  }
  return hash.digest('hex')
}

function setStatus(project: OpenProject, row: Row, status: ImageStatus): void {
  if (row.status !== status) {
    project.database.prepare('UPDATE images SET status = ? WHERE id = ?').run(status, row.id)
  }
}

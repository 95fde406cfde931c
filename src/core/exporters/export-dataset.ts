import { constants, existsSync, readdirSync, statSync } from 'node:fs'
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { imageFile } from '../images/image-file.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { ExportedImage, ExportLayout } from './exporter.ts'
import { findExporter } from './index.ts'
import { createZipWriter } from './zip-writer.ts'

type Options = Omit<RequestParsedInput<'images.export'>, 'projectId'>
type Result = RequestOutput<'images.export'>

interface Row {
  path: string
  relativePath: string
  sha256: string
  width: number
  height: number
  split: Split | null
  classNames: string
}

interface Progress {
  (done: number, total: number): void
}

const filesAtOnce = 8

function exportedImages(
  project: OpenProject,
  unlabelled: boolean,
): { images: ExportedImage[]; skipped: SkippedFile[] } {
  const images: ExportedImage[] = []
  const skipped: SkippedFile[] = []
  const rows = project.database
    .prepare<[], Row>(
      `SELECT images.path, relative_path AS relativePath, sha256, width, height, split,
         (SELECT json_group_array(classes.name ORDER BY classes.position, classes.id) FROM annotations
          JOIN classes ON classes.id = annotations.class_id WHERE annotations.image_id = images.id) AS classNames
       FROM images WHERE removed_at IS NULL AND sha256 IS NOT NULL ORDER BY sort_key, images.path`,
    )
    .iterate()
  for (const { classNames, ...row } of rows) {
    const names = JSON.parse(classNames) as string[]
    const path = imageFile(project, row)
    if (names.length === 0 && !unlabelled) continue
    if (names.length > 1) {
      const detail = `It has ${names.length} classes (${names.join(', ')}); an image of these formats has one.`
      skipped.push({ path: row.path, reason: 'unclear-label', detail })
    } else if (!existsSync(path)) {
      skipped.push({ path: row.path, reason: 'not-found', detail: 'Its file is gone.' })
    } else images.push({ ...row, path, className: names[0] ?? null })
  }
  return { images, skipped }
}

function classNames({ database }: OpenProject): string[] {
  return database
    .prepare<[], string>('SELECT name FROM classes WHERE deleted_at IS NULL ORDER BY position, id')
    .pluck()
    .all()
}

/** @throws target-exists */
function checkTarget(path: string, isArchive: boolean): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found || (!isArchive && found.isDirectory() && readdirSync(path).length === 0)) return
  throw new AppError(
    'target-exists',
    isArchive || !found.isDirectory()
      ? `${path} is there already. Choose another name, or delete it first.`
      : `The folder ${path} has something in it; a new or an empty one was expected. Choose another, or empty it first.`,
    { path },
  )
}

/** @returns bytes written */
async function writeFolder(
  folder: string,
  { images, texts }: ExportLayout,
  signal: AbortSignal,
  progress: Progress,
): Promise<number> {
  const total = images.length
  let bytes = 0
  let done = 0
  let next = 0
  const lane = async (): Promise<void> => {
    try {
      for (let file = images[next++]; file; file = images[next++]) {
        signal.throwIfAborted()
        const target = join(folder, file.name)
        await mkdir(dirname(target), { recursive: true })
        await copyFile(file.image.path, target, constants.COPYFILE_FICLONE)
        bytes += statSync(target).size
        done += 1
        progress(done, total)
      }
    } catch (error) {
      next = total
      throw error
    }
  }
  await mkdir(folder, { recursive: true })
  const lanes = Array.from({ length: filesAtOnce }, lane)
  // One that still copies would write into a folder that is being deleted.
  await Promise.allSettled(lanes)
  await Promise.all(lanes)
  for (const { name, content } of texts) {
    await writeFile(join(folder, name), content)
    bytes += Buffer.byteLength(content)
  }
  return bytes
}

/** @returns bytes written */
async function writeArchive(
  path: string,
  { images, texts }: ExportLayout,
  signal: AbortSignal,
  progress: Progress,
): Promise<number> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'w')
  try {
    const writer = createZipWriter((part) => file.appendFile(part))
    for (const [index, { name, image }] of images.entries()) {
      signal.throwIfAborted()
      await writer.add(name, await readFile(image.path))
      progress(index + 1, images.length)
    }
    for (const { name, content } of texts) await writer.add(name, Buffer.from(content))
    await writer.end()
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

/**
 * Writes the labelled images of a project as a data set: into a new or empty folder, or as one zip archive. It gets its name when it is
 * whole.
 *
 * @throws target-exists, no-images, disk-full, permission-denied, cancelled
 */
export async function exportDataset(
  project: OpenProject,
  { format, outPath, unlabelled, spreadsheetSafe }: Options,
  signal: AbortSignal,
  progress: Progress,
): Promise<Result> {
  const exporter = findExporter(format)
  const isArchive = exporter.isArchive || outPath.toLowerCase().endsWith('.zip')
  checkTarget(outPath, isArchive)
  const { images, skipped } = exportedImages(project, unlabelled)
  if (images.length === 0) {
    throw new AppError(
      'no-images',
      unlabelled
        ? 'The project has no images whose files are there. Import some first.'
        : 'The project has no labelled images whose files are there. Label some first, or export those without labels too.',
      { path: project.path },
    )
  }
  const layout = exporter.layOut(images, classNames(project), { spreadsheetSafe })
  const partial = `${outPath}.${process.pid}.partial`
  try {
    const write = isArchive ? writeArchive : writeFolder
    const bytes = await write(partial, layout, signal, progress)
    // Only an empty folder can be there by now: it is replaced.
    if (!isArchive) await rm(outPath, { recursive: true, force: true })
    await rename(partial, outPath)
    return { files: layout.images.length + layout.texts.length, bytes, skipped, renamed: layout.renamed }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (signal.aborted) throw new AppError('cancelled', 'The export was stopped; nothing was left behind.')
    throw toAppError(error, outPath)
  }
}

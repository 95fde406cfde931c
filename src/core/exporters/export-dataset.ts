import { constants, existsSync, readdirSync, statSync } from 'node:fs'
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hasLabelsOnly, labelsOnlyFormats, type SkippedFile, type Split } from '../../contract/entities.ts'
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
  sizeBytes: number
  width: number
  height: number
  split: Split | null
  classNames: string
}

interface Progress {
  (done: number, total: number): void
}

const filesAtOnce = 8

/** Whether its file lies where it was imported from. A copy in the project has no name that others know it by. */
function isAsImported({ path, sizeBytes }: Pick<Row, 'path' | 'sizeBytes'>): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === sizeBytes
}

function exportedImages(
  project: OpenProject,
  { unlabelled, labelsOnly }: Pick<Options, 'unlabelled' | 'labelsOnly'>,
): { images: ExportedImage[]; skipped: SkippedFile[] } {
  const images: ExportedImage[] = []
  const skipped: SkippedFile[] = []
  const rows = project.database
    .prepare<[], Row>(
      `SELECT images.path, relative_path AS relativePath, sha256, size_bytes AS sizeBytes, width, height, split,
         (SELECT json_group_array(classes.name ORDER BY classes.position, classes.id) FROM annotations
          JOIN classes ON classes.id = annotations.class_id WHERE annotations.image_id = images.id) AS classNames
       FROM images WHERE removed_at IS NULL AND sha256 IS NOT NULL ORDER BY sort_key, images.path`,
    )
    .iterate()
  for (const { classNames, ...row } of rows) {
    const names = JSON.parse(classNames) as string[]
    const path = labelsOnly && isAsImported(row) ? row.path : imageFile(project, row)
    if (names.length === 0 && !unlabelled) continue
    if (names.length > 1) {
      const detail = `It has ${names.length} classes (${names.join(', ')}); an image of these formats has one.`
      skipped.push({ path: row.path, reason: 'unclear-label', detail })
    } else if (!labelsOnly && !existsSync(path)) {
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

/** @throws invalid-input where this format has no labels apart from its images, or an archive would have no images */
function checkLabelsOnly({ format, outPath }: Options, isArchive: boolean): void {
  if (hasLabelsOnly(format) && !isArchive) return
  throw new AppError(
    'invalid-input',
    `Labels without their images are written as ${labelsOnlyFormats.join(', ')}, into a folder; received ${format} and ${outPath}. Choose one of them and the name of a folder.`,
    { format, path: outPath },
  )
}

/** What was looked for in vain. */
function noImages({ path }: OpenProject, { unlabelled, labelsOnly }: Options): AppError {
  const which = `${unlabelled ? 'images' : 'labelled images'}${labelsOnly ? '' : ' whose files are there'}`
  const what = unlabelled ? 'Import some first.' : 'Label some first, or export those without labels too.'
  return new AppError('no-images', `The project has no ${which}. ${what}`, { path })
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
 * whole. Of labels alone only the lists are written, whatever became of the images' files.
 *
 * @throws invalid-input, target-exists, no-images, disk-full, permission-denied, cancelled
 */
export async function exportDataset(
  project: OpenProject,
  options: Options,
  signal: AbortSignal,
  progress: Progress,
): Promise<Result> {
  const { format, outPath, labelsOnly } = options
  const exporter = findExporter(format)
  const isArchive = exporter.isArchive || outPath.toLowerCase().endsWith('.zip')
  if (labelsOnly) checkLabelsOnly(options, isArchive)
  checkTarget(outPath, isArchive)
  const { images, skipped } = exportedImages(project, options)
  if (images.length === 0) throw noImages(project, options)
  const laidOut = exporter.layOut(images, classNames(project), options)
  const layout = labelsOnly ? { ...laidOut, images: [] } : laidOut
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

import { existsSync } from 'node:fs'
import { mkdir, rename, stat, statfs, writeFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { ImportFormat, SkippedFile } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { sniff, sniffBytes } from '../../imaging/sniff.ts'
import { toAppError } from '../store/to-app-error.ts'
import { cocoImporter } from './coco.ts'
import { csvFileName, csvImporter } from './csv.ts'
import { folderImporter, hasImageExtension, inImportOrder, lookAtFolders } from './folder.ts'
import { splitOfFolder, topFolder } from './folder-labels.ts'
import type { Importer, ImportOptions, ImportScan, ImportSource, ImportWork } from './importer.ts'
import { labelStudioFileName, labelStudioImporter } from './label-studio.ts'
import { safeFileName } from './safe-file-name.ts'
import { allLanes } from './unpacked-files.ts'
import { isLeftOut } from './walk-folder.ts'
import { isZipFile, openZipArchive, type ArchivedFile, type ZipArchive } from './zip-archive.ts'

/** What may be inside an archive, those with a mark of their own first. */
const inside: readonly Importer[] = [csvImporter, cocoImporter, labelStudioImporter, folderImporter]
/** Lists of images that are read from inside an archive. */
const lists: Record<string, ImportFormat> = {
  [csvFileName]: 'csv',
  'annotations.json': 'coco',
  '_annotations.coco.json': 'coco',
  [labelStudioFileName]: 'label-studio',
}

/** An archive that holds more is a trap, and no collection of pictures: those hardly shrink. */
const largestRatio = 200
const allowanceBytes = 2 ** 30
const largestFileBytes = 2 ** 30
const filesAtOnce = 8
/** Larger ones are held in memory one at a time. */
const largeBytes = 2 ** 26

/** A file and where it goes below the archive's own folder. */
interface PlannedFile {
  file: ArchivedFile
  target: string
}

interface Plan {
  files: PlannedFile[]
  skipped: SkippedFile[]
  format: ImportFormat
}

function leadsOutside(name: string): boolean {
  return name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..')
}

/** The folder around everything that is neither a class nor a split: people pack a folder with what is in it. */
function wrapperOf(names: readonly string[]): string | null {
  const tops = new Set(names.map((name) => topFolder(name)))
  const [top] = tops
  if (tops.size !== 1 || top === null || top === undefined || splitOfFolder(top) !== null) return null
  const below = names.map((name) => name.slice(top.length + 1))
  const isClass = below.some((name) => !name.includes('/') && hasImageExtension(name))
  return isClass && !below.some((name) => Object.hasOwn(lists, name)) ? null : top
}

/** Names that every file system takes, no two alike, in the archive's order. */
function targetsOf(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name) => {
    const safe = name
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .map(safeFileName)
      .join('/')
    const dot = safe.lastIndexOf('.') > safe.lastIndexOf('/') ? safe.lastIndexOf('.') : safe.length
    let target = safe
    for (let count = 2; used.has(target.toLowerCase()); count += 1) {
      target = `${safe.slice(0, dot)}-${count}${safe.slice(dot)}`
    }
    used.add(target.toLowerCase())
    return target
  })
}

function isLitter(name: string): boolean {
  const parts = name.split('/').filter((part) => part !== '.')
  return parts.some((part, index) => isLeftOut(part, index < parts.length - 1))
}

/** What is unpacked, and to where. @throws import-invalid where it is far more than the archive's size */
async function planOf(path: string, archive: ZipArchive): Promise<Plan> {
  const skipped: SkippedFile[] = []
  const taken: ArchivedFile[] = []
  for (const file of archive.files) {
    const entry = `${path}/${file.name}`
    if (leadsOutside(file.name)) {
      const detail = 'Its path leads out of the archive.'
      skipped.push({ path: entry, reason: 'unsafe-path', detail })
    } else if (isLitter(file.name)) {
      continue
    } else if (file.problem !== null) {
      skipped.push({ path: entry, reason: 'unreadable', detail: file.problem })
    } else if (file.sizeBytes === 0) {
      skipped.push({ path: entry, reason: 'empty', detail: 'The file has zero bytes.' })
    } else if (file.sizeBytes > largestFileBytes) {
      const detail = `It has ${file.sizeBytes} bytes; at most ${largestFileBytes} are read.`
      skipped.push({ path: entry, reason: 'too-large', detail })
    } else taken.push(file)
  }
  const { size } = await stat(path)
  const unpacked = taken.reduce((sum, file) => sum + file.sizeBytes, 0)
  if (unpacked > size * largestRatio + allowanceBytes) {
    throw new AppError(
      'import-invalid',
      `${path} has ${size} bytes and would unpack to ${unpacked}, which no collection of images does. It was not unpacked.`,
      { path, received: unpacked, expected: size * largestRatio + allowanceBytes },
    )
  }
  const names = taken.map((file) => file.name)
  const wrapper = wrapperOf(names)
  const targets = targetsOf(wrapper === null ? names : names.map((name) => name.slice(wrapper.length + 1)))
  const list = targets.find((target) => Object.hasOwn(lists, target))
  return {
    files: taken.map((file, index) => ({ file, target: targets[index] as string })),
    skipped,
    format: list === undefined ? 'folder' : (lists[list] as ImportFormat),
  }
}

/** @returns why it is no image and no list, by its first bytes; null where it is welcome */
function reasonToSkip(entry: string, target: string, bytes: Buffer): SkippedFile | null {
  if (hasImageExtension(target) || Object.hasOwn(lists, target)) return null
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind === 'image') return null
  return kind.kind === 'other'
    ? { path: entry, reason: 'not-an-image', detail: `By its bytes it is ${kind.name}.` }
    : { path: entry, reason: 'unsupported-format', detail: `${kind.name} is not supported.` }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch {
    // Not there yet.
    return null
  }
}

/** Writes each file below `root`. @returns what is none of an image collection, or is damaged */
async function unpack(
  source: string,
  root: string,
  plan: Plan,
  { writes, proceed, progress }: ImportWork,
): Promise<SkippedFile[]> {
  const skipped: SkippedFile[] = []
  const total = plan.files.length
  let done = 0
  progress(done, total)
  writes(root)

  async function unpackOne({ file, target }: PlannedFile): Promise<void> {
    const path = join(root, target)
    if ((await sizeOf(path)) === file.sizeBytes) return
    const entry = `${source}/${file.name}`
    let bytes: Buffer
    try {
      bytes = await file.read()
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      skipped.push({ path: entry, reason: 'unreadable', detail: `It cannot be unpacked: ${problem}.` })
      return
    }
    const reason = reasonToSkip(entry, target, bytes)
    if (reason) {
      skipped.push(reason)
      return
    }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.tmp`, bytes)
    await rename(`${path}.tmp`, path)
  }

  async function unpackAll(files: readonly PlannedFile[], atOnce: number): Promise<void> {
    let next = 0
    const lane = async (): Promise<void> => {
      for (let file = files[next++]; file; file = files[next++]) {
        await proceed()
        await unpackOne(file)
        done += 1
        progress(done, total)
      }
    }
    await allLanes(Array.from({ length: atOnce }, lane))
  }

  try {
    const isLarge = ({ file }: PlannedFile): boolean => file.sizeBytes > largeBytes
    await unpackAll(
      plan.files.filter((file) => !isLarge(file)),
      filesAtOnce,
    )
    await unpackAll(plan.files.filter(isLarge), 1)
  } catch (error) {
    throw toAppError(error, root)
  }
  return skipped
}

async function checkSpace(pictures: string, plan: Plan): Promise<void> {
  const folder = existsSync(pictures) ? pictures : dirname(pictures)
  const { bavail, bsize } = await statfs(folder)
  const needed = plan.files.reduce((sum, { file }) => sum + file.sizeBytes, 0)
  if (needed <= bavail * bsize) return
  throw new AppError(
    'disk-full',
    `Unpacking needs ${needed} bytes on the disk that holds ${folder}, and ${bavail * bsize} are free. Free some space, and import the archive again.`,
    { path: folder, needed, free: bavail * bsize },
  )
}

async function scanZip(source: ImportSource, options: ImportOptions, work: ImportWork): Promise<ImportScan> {
  const archive = await openZipArchive(source.path)
  try {
    const plan = await planOf(source.path, archive)
    await checkSpace(work.pictures, plan)
    const name = safeFileName(basename(source.path).replace(/\.zip$/i, ''))
    const root = join(work.pictures, `${name}-${archive.digest.slice(0, 12)}`)
    const skipped = [...plan.skipped, ...(await unpack(source.path, root, plan, work))]
    await work.proceed()
    const folder = { path: root, isFolder: true }
    const importer = inside.find(({ id }) => id === plan.format) ?? folderImporter
    const inner = await importer.open(folder, options)
    const found = await (inner.unpacks ? inner.scan(work) : inner.scan())
    // A list in an archive may name files that are not in it.
    const isInside = ({ path }: { path: string }) => path.startsWith(work.pictures + sep)
    const outside = found.candidates.filter((candidate) => !isInside(candidate))
    return inImportOrder({
      ...found,
      candidates: found.candidates.filter(isInside),
      skipped: [
        ...skipped,
        ...found.skipped,
        ...outside.map(({ path }): SkippedFile => ({
          path,
          reason: 'unsafe-path',
          detail: 'It is listed in the archive, and lies outside it.',
        })),
      ],
    })
  } finally {
    archive.close()
  }
}

/** A zip archive of a folder with images, or of such a folder with a list of them. */
export const zipImporter: Importer = {
  id: 'zip',
  recognizes: async ({ path, isFolder }) => !isFolder && isZipFile(path),
  async open(source, options) {
    if (source.isFolder || !(await isZipFile(source.path))) {
      throw new AppError(
        'import-format-unknown',
        `${source.path} is no zip archive. Choose another file, or let the format be found by itself.`,
        { path: source.path },
      )
    }
    const archive = await openZipArchive(source.path)
    archive.close()
    const plan = await planOf(source.path, archive)
    const images = plan.files.map(({ target }) => target).filter(hasImageExtension)
    if (images.length === 0) {
      throw new AppError(
        'no-images',
        `There are no images in ${source.path}: ${archive.files.length} files were looked at. Expected JPEG, PNG, WebP, GIF, TIFF or AVIF files.`,
        { path: source.path, files: archive.files.length },
      )
    }
    return {
      unpacks: true,
      inside: plan.format,
      look: () =>
        Promise.resolve({
          images:
            plan.format === 'folder'
              ? lookAtFolders(images, options)
              : images.map(() => ({ className: null, split: null })),
          skipped: plan.skipped,
        }),
      scan: (work) => scanZip(source, options, work),
    }
  },
}

import { createHash } from 'node:crypto'
import { dirname, join, parse } from 'node:path'
import type { SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import { cocoPaths, readCoco, type CocoData, type CocoFile } from './coco-file.ts'
import { splitOfName } from './csv.ts'
import { createFileFinder } from './find-file.ts'
import { inImportOrder } from './folder.ts'
import type { ImportCandidate, Importer, ImportScan, ImportWork } from './importer.ts'
import { findListedImages, planOfImages, type FindFile, type ListedImage } from './listed-images.ts'
import { beginsAs } from './read-json.ts'
import { safeFileName } from './safe-file-name.ts'
import { allLanes, checkWritten, withStats, type UnpackedFile } from './unpacked-files.ts'

type Annotation = CocoData['annotations'][number]

/** An image of COCO with what is annotated on it. */
interface AnnotatedImage {
  listed: ListedImage
  width: number | null
  height: number | null
  annotations: (Annotation & { className: string | null })[]
}

function annotatedImages({ path, split, data }: CocoFile): AnnotatedImage[] {
  const names = new Map(data.categories.map(({ id, name }) => [id, classNameFromFolder(name)]))
  const byImage = new Map<string | number, AnnotatedImage['annotations']>()
  for (const annotation of data.annotations) {
    const known = byImage.get(annotation.image_id)
    const named = { ...annotation, className: names.get(annotation.category_id) ?? null }
    if (known) known.push(named)
    else byImage.set(annotation.image_id, [named])
  }
  return data.images.map((image) => {
    const own: Split | null = (image.split ? splitOfName(image.split) : undefined) ?? split
    return {
      listed: { name: image.file_name, entry: `${path}#${image.id}`, className: null, split: own },
      width: image.width ?? null,
      height: image.height ?? null,
      annotations: byImage.get(image.id) ?? [],
    }
  })
}

/** One category an image; what has several is left out. */
function asClassification(images: readonly AnnotatedImage[]): {
  listed: ListedImage[]
  skipped: SkippedFile[]
} {
  const listed: ListedImage[] = []
  const skipped: SkippedFile[] = []
  for (const { listed: image, annotations } of images) {
    const names = [...new Set(annotations.map(({ className }) => className))]
    if (names.length > 1) {
      skipped.push({
        path: image.entry,
        reason: 'unclear-label',
        detail: `${image.name} has ${names.length} categories (${names.slice(0, 5).join(', ')}); an image has one class. Its boxes can be imported as images of their own.`,
      })
    } else listed.push({ ...image, className: names[0] ?? null })
  }
  return { listed, skipped }
}

function finderOf({ path }: CocoFile): FindFile {
  const folder = dirname(path)
  const around = dirname(folder)
  // train2017 of instances_train2017.json.
  const subset = /_(\w+)\.json$/.exec(path)?.[1] ?? ''
  const isPublished = parse(folder).name === 'annotations'
  const folders = [folder, join(folder, 'images')]
  if (isPublished) folders.push(around, join(around, subset), join(around, 'images', subset))
  return createFileFinder(folders, isPublished ? around : folder)
}

interface Box {
  left: number
  top: number
  width: number
  height: number
  file: UnpackedFile
}

/** The boxes of one image as files to be. */
function boxesOf(
  image: AnnotatedImage,
  candidate: ImportCandidate,
  pictures: string,
): { boxes: Box[]; skipped: SkippedFile[] } {
  const boxes: Box[] = []
  const skipped: SkippedFile[] = []
  for (const [index, { id, bbox, iscrowd, className }] of image.annotations.entries()) {
    const [left, top, width, height] = bbox ?? []
    const name = String(id ?? index)
    const isWhole = left !== undefined && top !== undefined && width !== undefined && height !== undefined
    if (!isWhole || width < 1 || height < 1 || iscrowd) {
      skipped.push({
        path: `${image.listed.entry}/${name}`,
        reason: 'invalid-entry',
        detail: iscrowd ? 'Its box is around a crowd of many.' : 'It has no box of at least one pixel.',
      })
      continue
    }
    const { path, relativePath, sizeBytes, modifiedMs, split } = candidate
    const key = JSON.stringify([path, sizeBytes, modifiedMs, bbox])
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 12)
    const stem = safeFileName(parse(relativePath).name)
    const file = `${stem}-${safeFileName(name)}-${digest}.png`
    boxes.push({
      left,
      top,
      width,
      height,
      file: {
        path: join(pictures, 'coco-boxes', digest.slice(0, 2), file),
        relativePath: `${parse(relativePath).dir}/${stem}/${safeFileName(name)}.png`.replace(/^\//, ''),
        className,
        split,
      },
    })
  }
  return { boxes, skipped }
}

async function cropBoxes(
  files: readonly { file: CocoFile; images: AnnotatedImage[] }[],
  { pictures, imaging, writes, proceed, progress }: ImportWork,
): Promise<ImportScan> {
  const skipped: SkippedFile[] = []
  const work: { image: AnnotatedImage; candidate: ImportCandidate; boxes: Box[] }[] = []
  for (const { file, images } of files) {
    const annotated = images.filter(({ annotations }) => annotations.length > 0)
    const find = finderOf(file)
    const byEntry = new Map(annotated.map((image) => [image.listed.entry, image]))
    // Each by itself: an image may be listed twice with other boxes.
    for (const image of byEntry.values()) {
      const found = await findListedImages(dirname(file.path), [image.listed], find)
      skipped.push(...found.skipped)
      for (const candidate of found.candidates) {
        const planned = boxesOf(image, candidate, pictures)
        skipped.push(...planned.skipped)
        if (planned.boxes.length > 0) work.push({ image, candidate, boxes: planned.boxes })
      }
    }
  }
  const total = work.reduce((sum, { boxes }) => sum + boxes.length, 0)
  const written: UnpackedFile[] = []
  let done = 0
  let next = 0
  progress(done, total)
  const lane = async (): Promise<void> => {
    for (let part = work[next++]; part; part = work[next++]) {
      await proceed()
      const { image, candidate, boxes } = part
      for (const { file } of boxes) writes(file.path)
      const result = await imaging.crop({
        path: candidate.path,
        width: image.width,
        height: image.height,
        boxes: boxes.map(({ file, ...box }) => ({ ...box, target: file.path })),
      })
      if (result.status === 'skipped') {
        skipped.push({ path: candidate.path, reason: result.reason, detail: result.detail })
      } else {
        checkWritten(result, pictures)
        written.push(...boxes.map(({ file }) => file))
      }
      done += boxes.length
      progress(done, total)
    }
  }
  await allLanes(Array.from({ length: imaging.workers * 2 }, lane))
  return inImportOrder({ candidates: await withStats(written), skipped })
}

/** JSON of COCO with its images: one category an image, or each box an image of its own. */
export const cocoImporter: Importer = {
  id: 'coco',
  async recognizes(source) {
    if (!source.isFolder) return beginsAs(source.path, '{')
    return (await cocoPaths(source)).length > 0
  },
  async open(source, { crops }) {
    const paths = await cocoPaths(source)
    if (paths.length === 0) {
      throw new AppError(
        'import-format-unknown',
        `There is no annotations.json of COCO in ${source.path}. Give the path of the JSON file itself.`,
        { path: source.path },
      )
    }
    const files = await Promise.all(
      paths.map(async (path) => {
        const file = await readCoco(path)
        return { file, images: annotatedImages(file) }
      }),
    )
    const images = files.flatMap((one) => one.images)
    const boxes = images
      .flatMap(({ annotations }) => annotations)
      .filter(({ bbox, iscrowd }) => bbox?.length === 4 && !iscrowd).length
    if (crops) {
      return {
        unpacks: true,
        boxes,
        look: () =>
          Promise.resolve({
            images: images.flatMap(({ listed, annotations }) =>
              annotations
                .filter(({ bbox, iscrowd }) => bbox?.length === 4 && !iscrowd)
                .map(({ className }) => ({ className, split: listed.split })),
            ),
            skipped: [],
          }),
        scan: (work) => cropBoxes(files, work),
      }
    }

    async function scanAll(): Promise<ImportScan> {
      const scans = await Promise.all(
        files.map(async ({ file, images: own }) => {
          const { listed, skipped } = asClassification(own)
          const found = await findListedImages(dirname(file.path), listed, finderOf(file))
          return { ...found, skipped: [...found.skipped, ...skipped] }
        }),
      )
      return inImportOrder({
        candidates: scans.flatMap((scan) => scan.candidates),
        skipped: scans.flatMap((scan) => scan.skipped),
        repeated: scans.reduce((sum, scan) => sum + (scan.repeated ?? 0), 0),
      })
    }
    const plan = planOfImages(scanAll, ({ skipped }) => noImages(source.path, images.length, skipped[0]))
    return { ...plan, boxes }
  },
}

function noImages(path: string, listed: number, first: SkippedFile | undefined): AppError {
  const why = first ? ` The first of them: ${first.path}: ${first.detail}` : ''
  return new AppError('no-images', `None of the ${listed} images of ${path} can be imported.${why}`, {
    path,
    files: listed,
  })
}

import { open } from 'node:fs/promises'
import type { SkippedFile } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { sniff, sniffBytes } from '../../imaging/sniff.ts'
import { sortKeyOf } from '../store/tables/images.ts'
import { areAllSplitFolders, labelFromFolders, topFolder } from './folder-labels.ts'
import type { ImportCandidate, Importer, ImportOptions, ImportScan, PlannedImage } from './importer.ts'
import { walkChosen, walkFolder, type FolderWalk, type FoundFile } from './walk-folder.ts'

const imageExtensions = new Set(
  'jpg jpeg jpe jfif png apng webp gif tif tiff avif bmp dib heic heif jxl jp2'.split(' '),
)

/** Only a first guess, to show files before they are read: the bytes decide. */
export function hasImageExtension(name: string): boolean {
  const dot = name.lastIndexOf('.')
  return dot >= 0 && imageExtensions.has(name.slice(dot + 1).toLowerCase())
}

/** @throws source-not-found where the folder itself cannot be read */
async function walkSource(
  folder: string,
  { only, withStats }: { only: readonly string[] | undefined; withStats: boolean },
): Promise<FolderWalk> {
  try {
    return only ? await walkChosen(folder, only) : await walkFolder(folder, { withStats })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new AppError(
      'source-not-found',
      `The folder ${folder} cannot be read (${code}). Check its permissions, or give another one.`,
      { path: folder, reason: code },
    )
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** @returns null for an image under a strange name, which is welcome */
async function reasonToSkip(file: FoundFile): Promise<SkippedFile | null> {
  if (file.sizeBytes === 0) return { path: file.path, reason: 'empty', detail: 'The file has zero bytes.' }
  try {
    const kind = sniff(await firstBytes(file.path))
    if (kind.kind === 'image') return null
    if (kind.kind === 'other') {
      return { path: file.path, reason: 'not-an-image', detail: `By its bytes it is ${kind.name}.` }
    }
    return { path: file.path, reason: 'unsupported-format', detail: `${kind.name} is not supported.` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const denied = code === 'EACCES' || code === 'EPERM'
    return {
      path: file.path,
      reason: denied ? 'permission-denied' : 'unreadable',
      detail: `It could not be opened (${code}).`,
    }
  }
}

const sniffedAtOnce = 32

/** In the order of images everywhere, with what was skipped by path. */
export function inImportOrder({ candidates, skipped, ...rest }: ImportScan): ImportScan {
  const keyed = candidates.map((candidate) => ({ key: sortKeyOf(candidate.relativePath), candidate }))
  keyed.sort((a, b) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : a.candidate.path < b.candidate.path ? -1 : 1,
  )
  return {
    ...rest,
    candidates: keyed.map(({ candidate }) => candidate),
    skipped: skipped.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  }
}

/** What the folders of a tree say of the images in it. @param relativePaths of image files */
export function lookAtFolders(relativePaths: readonly string[], options: ImportOptions): PlannedImage[] {
  const allSplitFolders = areAllSplitFolders(relativePaths)
  return relativePaths.map((path) => {
    const name = topFolder(path)
    const planned = labelFromFolders(path, allSplitFolders, options)
    return name === null ? planned : { ...planned, splitName: name }
  })
}

async function scanFolder(folder: string, options: ImportOptions): Promise<ImportScan> {
  const walk = await walkSource(folder, { only: options.only, withStats: true })
  const images: FoundFile[] = []
  const others: FoundFile[] = []
  for (const file of walk.files) (hasImageExtension(file.relativePath) ? images : others).push(file)

  const skipped = walk.skipped
  for (let start = 0; start < others.length; start += sniffedAtOnce) {
    const batch = others.slice(start, start + sniffedAtOnce)
    const reasons = await Promise.all(batch.map(reasonToSkip))
    for (const [index, reason] of reasons.entries()) {
      if (reason) skipped.push(reason)
      else images.push(batch[index] as FoundFile)
    }
  }
  if (images.length === 0) {
    throw new AppError(
      'no-images',
      `There are no images in ${folder}: ${walk.files.length} files were looked at. Expected JPEG, PNG, WebP, GIF, TIFF or AVIF files in it or in folders below.`,
      { path: folder, files: walk.files.length },
    )
  }
  const allSplitFolders = areAllSplitFolders(images.map((file) => file.relativePath))
  const candidates = images.map((file): ImportCandidate => ({
    ...file,
    ...labelFromFolders(file.relativePath, allSplitFolders, options),
  }))
  return inImportOrder({ candidates, skipped })
}

/** A tree of folders with images: one folder for each class, below split folders or not. */
export const folderImporter: Importer = {
  id: 'folder',
  recognizes: (source) => Promise.resolve(source.isFolder),
  async open({ path, isFolder }, options) {
    if (!isFolder) {
      throw new AppError(
        'source-not-a-folder',
        `${path} is a file; a folder with images was expected. Give the folder that it is in.`,
        { path },
      )
    }
    return Promise.resolve({
      unpacks: false,
      async look() {
        const { files, skipped } = await walkSource(path, { only: options.only, withStats: false })
        const paths = files.map((file) => file.relativePath).filter(hasImageExtension)
        return { images: lookAtFolders(paths, options), skipped }
      },
      scan: () => scanFolder(path, options),
    })
  },
}

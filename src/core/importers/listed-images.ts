import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import type { SkippedFile, SkipReason, Split } from '../../contract/entities.ts'
import type { AppError } from '../../contract/errors.ts'
import { inImportOrder } from './folder.ts'
import type { ImportCandidate, ImportOverview, ImportPlan, ImportScan } from './importer.ts'

/** An image as a list of images names it. */
export interface ListedImage {
  /** As the list has it. */
  name: string
  /** Where in the list, for the report: `/data/labels.csv:12`. */
  entry: string
  className: string | null
  split: Split | null
}

/** Where an image is, or why it is nowhere. */
export type FoundPath = { path: string } | { path: string; reason: SkipReason; detail: string }
export type FindFile = (name: string) => FoundPath | Promise<FoundPath>

const atOnce = 64

/** Below the list's folder where it is there, else below whatever both have in common. */
function relativePathOf(folder: string, path: string): string {
  const parts = relative(folder, path).split(sep)
  return parts.filter((part) => part !== '..').join('/')
}

async function statsOf(found: FoundPath): Promise<Stats | SkippedFile> {
  if ('reason' in found) return found
  const { path } = found
  try {
    const stats = await stat(path)
    if (stats.isFile()) return stats
    return { path, reason: 'not-an-image', detail: 'It is not a regular file.' }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return { path, reason: 'not-found', detail: 'It is listed, but there is no such file.' }
    }
    const denied = code === 'EACCES' || code === 'EPERM'
    return {
      path,
      reason: denied ? 'permission-denied' : 'unreadable',
      detail: `It could not be looked at (${code}).`,
    }
  }
}

/**
 * Looks for each image of a list. One that is listed again with the same class and split counts as repeated; with others, the first
 * entry stands, and the later one is reported.
 *
 * @param folder that the list is in
 */
export async function findListedImages(
  folder: string,
  listed: readonly ListedImage[],
  find: FindFile,
): Promise<ImportScan> {
  const candidates = new Map<string, { candidate: ImportCandidate; entry: string }>()
  const missing = new Set<string>()
  const skipped: SkippedFile[] = []
  let repeated = 0

  function add(image: ListedImage, path: string, stats: Stats | SkippedFile): void {
    const { className, split, entry } = image
    if ('reason' in stats) {
      // The report has one line for each path.
      if (missing.has(stats.path)) skipped.push({ ...stats, path: entry })
      else skipped.push(stats)
      missing.add(stats.path)
      return
    }
    const known = candidates.get(path)
    if (!known) {
      const candidate: ImportCandidate = {
        path,
        relativePath: relativePathOf(folder, path),
        sizeBytes: stats.size,
        modifiedMs: Math.trunc(stats.mtimeMs),
        className,
        split,
      }
      candidates.set(path, { candidate, entry })
    } else if (known.candidate.className === className && known.candidate.split === split) repeated += 1
    else {
      const { candidate } = known
      const told = (one: Pick<ListedImage, 'className' | 'split'>) =>
        [one.className ?? 'no class', ...(one.split === null ? [] : [one.split])].join(', ')
      skipped.push({
        path: entry,
        reason: 'unclear-label',
        detail: `${image.name} is ${told(image)} here and ${told(candidate)} before (${known.entry}); the first stands.`,
      })
    }
  }

  for (let start = 0; start < listed.length; start += atOnce) {
    const batch = listed.slice(start, start + atOnce)
    const found = await Promise.all(
      batch.map(async ({ name }) => {
        const where = await find(name)
        return { path: where.path, stats: await statsOf(where) }
      }),
    )
    for (const [index, { path, stats }] of found.entries()) add(batch[index] as ListedImage, path, stats)
  }
  return inImportOrder({
    candidates: [...candidates.values()].map(({ candidate }) => candidate),
    skipped,
    repeated,
  })
}

/** Looks for files that a person gave one by one. @param files absolute paths, with what each image is called by */
export async function scanFiles(files: readonly { path: string; name: string }[]): Promise<ImportScan> {
  const candidates: ImportCandidate[] = []
  const skipped: SkippedFile[] = []
  for (const { path, name } of files) {
    const stats = await statsOf({ path })
    if ('reason' in stats) skipped.push(stats)
    else {
      candidates.push({
        path,
        relativePath: name,
        sizeBytes: stats.size,
        modifiedMs: Math.trunc(stats.mtimeMs),
        className: null,
        split: null,
      })
    }
  }
  return inImportOrder({ candidates, skipped })
}

/** What a scan would bring. */
function overviewOf({ candidates, skipped }: ImportScan): ImportOverview {
  return { images: candidates.map(({ className, split }) => ({ className, split })), skipped }
}

/** A plan that looks for its images once, however often it is asked. @param noImages what to throw where there are none */
export function planOfImages(
  find: () => Promise<ImportScan>,
  noImages: (found: ImportScan) => AppError,
): ImportPlan & { unpacks: false } {
  let found: Promise<ImportScan> | undefined
  const scan = () => (found ??= find())
  return {
    unpacks: false,
    look: async () => overviewOf(await scan()),
    async scan() {
      const images = await scan()
      if (images.candidates.length > 0) return images
      throw noImages(images)
    },
  }
}

import type { Split } from '../../contract/entities.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import type { ImportOptions } from './importer.ts'

/** Folder names that stand for a split, in lower case. */
const splitFolders: Record<string, Split> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
}
/** Written by the export beside the split folders, for images without a split. */
const unassignedFolder = 'unassigned'

export function splitOfFolder(name: string): Split | null {
  const lower = name.toLowerCase()
  return Object.hasOwn(splitFolders, lower) ? (splitFolders[lower] ?? null) : null
}

/** The top folder of a relative path, or null for a file at the root. */
export function topFolder(relativePath: string): string | null {
  const end = relativePath.indexOf('/')
  return end < 0 ? null : relativePath.slice(0, end)
}

/** True where every top folder that holds images is a split's. */
export function areAllSplitFolders(relativePaths: Iterable<string>): boolean {
  const folders = new Set<string>()
  for (const path of relativePaths) {
    const folder = topFolder(path)
    if (folder !== null) folders.add(folder)
  }
  const splits = [...folders].filter((name) => splitOfFolder(name) !== null)
  return (
    (splits.length > 0 || folders.has(unassignedFolder)) &&
    [...folders].every((name) => splitOfFolder(name) !== null || name === unassignedFolder)
  )
}

/**
 * What folders say about an image: its class is the first folder below the root, or below the split's folder where
 * there is one.
 *
 * @param allSplitFolders of `areAllSplitFolders`
 */
export function labelFromFolders(
  relativePath: string,
  allSplitFolders: boolean,
  { labels, splitFrom }: Pick<ImportOptions, 'labels' | 'splitFrom'>,
): { className: string | null; split: Split | null } {
  const folders = relativePath.split('/').slice(0, -1)
  const [top] = folders
  const namedSplit = top === undefined ? null : splitOfFolder(top)
  const isSplitFolder = allSplitFolders || (splitFrom === 'folder' && namedSplit !== null)
  const classFolder = folders[isSplitFolder ? 1 : 0]
  return {
    className: labels === 'folder' && classFolder !== undefined ? classNameFromFolder(classFolder) : null,
    split: isSplitFolder && splitFrom !== 'none' ? namedSplit : null,
  }
}

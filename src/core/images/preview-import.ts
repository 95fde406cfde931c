import type { RequestOutput } from '../../contract/requests/index.ts'
import { checkSourceFolder, hasImageExtension, walkSource } from '../importers/folder.ts'
import { areAllSplitFolders, labelFromFolders, topFolder } from '../importers/folder-labels.ts'

/** Looks at names alone: what an import of this folder with the defaults would do. @throws as an import */
export async function previewImport(source: string): Promise<RequestOutput<'images.previewImport'>> {
  const folder = await checkSourceFolder(source)
  const { files } = await walkSource(folder, { withStats: false })
  const paths = files.map((file) => file.relativePath).filter(hasImageExtension)
  const splitFolders = areAllSplitFolders(paths)
  const classes = new Map<string, number>()
  const splits = new Map<string, RequestOutput<'images.previewImport'>['splits'][number]>()
  for (const path of paths) {
    const { className, split } = labelFromFolders(path, splitFolders, { labels: 'folder', splitFrom: 'auto' })
    if (className !== null) classes.set(className, (classes.get(className) ?? 0) + 1)
    const name = topFolder(path)
    if (split === null || name === null) continue
    const counted = splits.get(name) ?? { name, split, count: 0 }
    counted.count += 1
    splits.set(name, counted)
  }
  return {
    files: paths.length,
    classes: [...classes].map(([name, count]) => ({ name, count })).sort(byName),
    splitFolders,
    // Folders are walked several at once, in no order to rely on.
    splits: [...splits.values()].sort(byName),
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}

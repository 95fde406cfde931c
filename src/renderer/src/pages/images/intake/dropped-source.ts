/** What an import is of: a folder, or some of what is in it, or a file of a data set. */
export interface DroppedSource {
  /** Absolute. */
  readonly source: string
  /** Only these in it; left out: all of it, as whatever it is. */
  readonly only?: readonly string[]
  /** What a person calls it. */
  readonly name: string
}

/** Files that are data sets by themselves, or lists of the images beside them. */
const dataSetName = /\.(zip|csv|tsv|json|tar|tgz|gz|bin)$/i
/** Whatever the system uses. */
const separators = /[\\/]/

/**
 * What files and folders that were dropped together are an import of: a single folder, or a file of a data set, is that; several things are a
 * part of the folder that they are in.
 *
 * @param paths absolute, at least one
 * @param isFolder whether a path is that of a folder
 */
export function droppedSource(paths: readonly string[], isFolder: (path: string) => boolean): DroppedSource {
  const [first] = paths as [string]
  const lists = paths.filter((path) => !isFolder(path) && dataSetName.test(path))
  const [list] = lists
  if (list !== undefined && lists.length === 1) return { source: list, name: lastOf(list) }
  if (paths.length === 1 && isFolder(first)) return { source: first, name: lastOf(first) }
  const folder = commonFolder(paths)
  const only = paths.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/'))
  return {
    source: folder === '' ? '/' : folder,
    only,
    name: only.length === 1 ? lastOf(first) : lastOf(folder),
  }
}

function lastOf(path: string): string {
  return path.split(separators).at(-1) ?? path
}

/** The innermost folder that all of them are in, without a separator at its end. */
function commonFolder(paths: readonly string[]): string {
  let folder = parentOf(paths[0] ?? '')
  for (const path of paths) {
    while (folder !== '' && !(path.startsWith(folder) && separators.test(path[folder.length] ?? ''))) {
      folder = parentOf(folder)
    }
  }
  return folder
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))))
}

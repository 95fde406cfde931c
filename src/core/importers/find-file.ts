import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { FindFile, FoundPath } from './listed-images.ts'
import { walkFolder } from './walk-folder.ts'

/** Files below a folder by their names, each with all of its paths. */
async function filesByName(folder: string): Promise<Map<string, string[]>> {
  const byName = new Map<string, string[]>()
  const { files } = await walkFolder(folder, { withStats: false })
  for (const { path } of files) {
    const name = basename(path)
    byName.set(name, [...(byName.get(name) ?? []), path])
  }
  return byName
}

/**
 * Looks for files as an annotation tool names them: below one of several folders, or by the last part of the name alone where only one
 * file below `root` has it.
 *
 * @param names the names that one may have, the likeliest first; by itself where left out
 */
export function createFileFinder(
  folders: readonly string[],
  root: string,
  names: (name: string) => string[] = (name) => [name],
): FindFile {
  let index: Promise<Map<string, string[]>> | undefined
  return async (given): Promise<FoundPath> => {
    const wanted = names(given).map((name) => name.replaceAll('\\', '/'))
    for (const name of wanted) {
      if (isAbsolute(name) && existsSync(name)) return { path: name }
      for (const folder of folders) {
        const path = join(folder, name)
        if (existsSync(path)) return { path }
      }
    }
    index ??= filesByName(root)
    for (const name of wanted) {
      const paths = (await index).get(basename(name)) ?? []
      const [path, second] = paths.toSorted()
      if (path !== undefined && second === undefined) return { path }
      if (path !== undefined) {
        return {
          path: resolve(root, given),
          reason: 'not-found',
          detail: `${paths.length} files are called ${basename(name)}, such as ${path} and ${second}; which is meant cannot be told.`,
        }
      }
    }
    return { path: resolve(folders[0] ?? root, given) }
  }
}

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

/** What a file may be called on this computer, the likeliest first. */
export interface FileNames {
  /** Absolute, or below one of the folders that are looked in. */
  paths: string[]
  /** Names alone, for when it is at none of these paths. */
  names: string[]
}

const asItIs = (name: string): FileNames => {
  const path = name.replaceAll('\\', '/')
  return { paths: [path], names: [basename(path)] }
}

/**
 * Looks for files as an annotation tool names them: below one of several folders, or by name alone where only one file below `root`
 * has it.
 */
export function createFileFinder(
  folders: readonly string[],
  root: string,
  namesOf: (name: string) => FileNames = asItIs,
): FindFile {
  let index: Promise<Map<string, string[]>> | undefined
  return async (given): Promise<FoundPath> => {
    const { paths, names } = namesOf(given)
    for (const path of paths) {
      if (isAbsolute(path) && existsSync(path)) return { path }
      const found = folders.map((folder) => join(folder, path)).find(existsSync)
      if (found !== undefined) return { path: found }
    }
    index ??= filesByName(root)
    for (const name of names) {
      const [path, second, ...others] = ((await index).get(name) ?? []).toSorted()
      if (path !== undefined && second === undefined) return { path }
      if (path !== undefined) {
        return {
          path: resolve(root, given),
          reason: 'not-found',
          detail: `${others.length + 2} files are called ${name}, such as ${path} and ${second}; which is meant cannot be told.`,
        }
      }
    }
    return { path: resolve(folders[0] ?? root, given) }
  }
}

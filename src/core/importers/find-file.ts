import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { FindFile, FoundPath } from './listed-images.ts'
import { walkFolder } from './walk-folder.ts'

/** Files below a folder by their names, or by what `rename` makes of these, each with all of its paths. */
async function filesByName(folder: string, rename: (name: string) => string): Promise<Map<string, string[]>> {
  const byName = new Map<string, string[]>()
  const { files } = await walkFolder(folder, { withStats: false })
  for (const { path } of files) {
    const name = rename(basename(path))
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
  /** What a program called its copy of the file; empty where it kept the name. */
  copies?: string[]
}

const asItIs = (name: string): FileNames => {
  const path = name.replaceAll('\\', '/')
  return { paths: [name, path], names: [basename(path)] }
}

/**
 * Looks for files as an annotation tool names them: below one of several folders, or by name alone where only one file below `root`
 * has it.
 *
 * @param nameOfCopy what the tool calls its copy of a file of this name
 */
export function createFileFinder(
  folders: readonly string[],
  root: string,
  namesOf: (name: string) => FileNames = asItIs,
  nameOfCopy: (name: string) => string = (name) => name,
): FindFile {
  let byName: Promise<Map<string, string[]>> | undefined
  let byCopy: Promise<Map<string, string[]>> | undefined
  return async (given): Promise<FoundPath> => {
    const { paths, names, copies = [] } = namesOf(given)
    for (const path of paths) {
      if (isAbsolute(path) && existsSync(path)) return { path }
      const found = folders.map((folder) => join(folder, path)).find(existsSync)
      if (found !== undefined) return { path: found }
    }
    byName ??= filesByName(root, (name) => name)
    const named = await onlyOne(byName, names, resolve(root, given))
    if (named) return named
    if (copies.length > 0) byCopy ??= filesByName(root, nameOfCopy)
    const copied = byCopy && (await onlyOne(byCopy, copies, resolve(root, given)))
    return copied ?? { path: resolve(folders[0] ?? root, given) }
  }
}

/** The file that has the first of these names that any has; undefined where none has one. */
async function onlyOne(
  index: Promise<Map<string, string[]>>,
  names: readonly string[],
  given: string,
): Promise<FoundPath | undefined> {
  for (const name of names) {
    const [path, second, ...others] = ((await index).get(name) ?? []).toSorted()
    if (path !== undefined && second === undefined) return { path }
    if (path === undefined) continue
    return {
      path: given,
      reason: 'not-found',
      detail: `${others.length + 2} files are called ${name}, such as ${path} and ${second}; which is meant cannot be told.`,
    }
  }
  return undefined
}

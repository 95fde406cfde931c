import type { Dirent, Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { SkippedFile } from '../../contract/entities.ts'

export interface FoundFile {
  path: string
  /** With forward slashes. */
  relativePath: string
  sizeBytes: number
  modifiedMs: number
}

export interface FolderWalk {
  files: FoundFile[]
  /** That were looked through, the root first. */
  folders: string[]
  /** What the system refused to show. */
  skipped: SkippedFile[]
}

/** Files that systems leave in every folder; nobody means them. */
const litter = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r'])
const foldersAtOnce = 8
const filesAtOnce = 64

/** Hidden ones, what systems leave behind, and projects of Thaw. */
export function isLeftOut(name: string, isFolder: boolean): boolean {
  if (name.startsWith('.') || litter.has(name.toLowerCase())) return true
  return isFolder && (name === '__MACOSX' || name.endsWith('.thaw'))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function refused(path: string, error: unknown): SkippedFile {
  const code = codeOf(error)
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission-denied' : 'unreadable'
  return { path, reason, detail: `The system refused to show it (${code}).` }
}

/**
 * Every file below `root`, at any depth, without hidden ones, what systems leave behind, and projects of Thaw. Links are
 * followed, each folder once, so that a loop ends.
 *
 * @param withStats false where sizes and times are not needed: they are 0 then
 */
export async function walkFolder(root: string, { withStats }: { withStats: boolean }): Promise<FolderWalk> {
  const files: FoundFile[] = []
  const skipped: SkippedFile[] = []
  const visited = new Set<string>([await realpath(root)])
  const folders: { path: string; relativePath: string }[] = [{ path: root, relativePath: '' }]
  const entered: string[] = []

  async function follow(path: string, relativePath: string): Promise<Stats | null> {
    let target: Stats
    try {
      target = await stat(path)
    } catch (error) {
      skipped.push({ path, reason: 'unreadable', detail: `The link leads nowhere (${codeOf(error)}).` })
      return null
    }
    if (!target.isDirectory()) return target
    const real = await realpath(path)
    // Its own files are reached, or were, by the other way.
    if (!visited.has(real)) {
      visited.add(real)
      folders.push({ path, relativePath })
    }
    return null
  }

  async function addFile(folder: string, prefix: string, entry: Dirent): Promise<void> {
    const path = join(folder, entry.name)
    const relativePath = prefix + entry.name
    try {
      const stats = entry.isSymbolicLink()
        ? await follow(path, relativePath)
        : withStats
          ? await stat(path)
          : undefined
      if (stats === null || stats?.isFile() === false) return
      files.push({
        path,
        relativePath,
        sizeBytes: stats?.size ?? 0,
        modifiedMs: Math.trunc(stats?.mtimeMs ?? 0),
      })
    } catch (error) {
      skipped.push(refused(path, error))
    }
  }

  async function readFolder(folder: { path: string; relativePath: string }): Promise<void> {
    let entries: Dirent[]
    try {
      entries = await readdir(folder.path, { withFileTypes: true })
      entered.push(folder.path)
    } catch (error) {
      if (folder.path === root) throw error
      skipped.push(refused(folder.path, error))
      return
    }
    const prefix = folder.relativePath === '' ? '' : `${folder.relativePath}/`
    const wanted: Dirent[] = []
    for (const entry of entries) {
      const isFolder = entry.isDirectory()
      if (isLeftOut(entry.name, isFolder)) continue
      if (isFolder) {
        const path = join(folder.path, entry.name)
        const real = await realpath(path).catch(() => path)
        if (visited.has(real)) continue
        visited.add(real)
        folders.push({ path, relativePath: prefix + entry.name })
      } else if (entry.isFile() || entry.isSymbolicLink()) wanted.push(entry)
    }
    for (let start = 0; start < wanted.length; start += filesAtOnce) {
      await Promise.all(
        wanted.slice(start, start + filesAtOnce).map((entry) => addFile(folder.path, prefix, entry)),
      )
    }
  }

  while (folders.length > 0) await Promise.all(folders.splice(0, foldersAtOnce).map(readFolder))
  return { files, folders: entered, skipped }
}

/**
 * Some of the files below `root`, and all of those below some of its folders.
 *
 * @param chosen paths below `root`, with forward slashes; what is not there, or leads out of it, is skipped
 */
export async function walkChosen(root: string, chosen: readonly string[]): Promise<FolderWalk> {
  const files: FoundFile[] = []
  const folders: string[] = []
  const skipped: SkippedFile[] = []

  async function add(relativePath: string): Promise<void> {
    const path = resolve(root, relativePath)
    if (!path.startsWith(resolve(root) + sep)) {
      skipped.push({ path, reason: 'unsafe-path', detail: 'It lies outside the folder.' })
      return
    }
    try {
      const stats = await stat(path)
      if (stats.isDirectory()) {
        const below = await walkFolder(path, { withStats: true })
        for (const file of below.files) {
          files.push({ ...file, relativePath: `${relativePath}/${file.relativePath}` })
        }
        folders.push(...below.folders)
        skipped.push(...below.skipped)
      } else if (stats.isFile()) {
        files.push({ path, relativePath, sizeBytes: stats.size, modifiedMs: Math.trunc(stats.mtimeMs) })
      }
    } catch (error) {
      const reason = codeOf(error) === 'ENOENT' ? 'not-found' : refused(path, error).reason
      skipped.push({ path, reason, detail: `It could not be looked at (${codeOf(error)}).` })
    }
  }

  for (let start = 0; start < chosen.length; start += filesAtOnce) {
    await Promise.all(chosen.slice(start, start + filesAtOnce).map(add))
  }
  return { files, folders, skipped }
}

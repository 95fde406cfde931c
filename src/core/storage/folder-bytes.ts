import { readdirSync, statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

/** Of all files below a folder; 0 where it is not there. Files that go away meanwhile count for nothing. */
export function folderBytes(folder: string): number {
  return filesBelow(folder).reduce((sum, path) => sum + fileBytes(path), 0)
}

export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}

/** None where the folder is not there. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

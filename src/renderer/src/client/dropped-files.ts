import { AppError } from '../../../contract/errors.ts'
import { pathHost, type GivenFile } from './given-files.ts'

/** A file or folder of this computer. */
export interface DroppedPath {
  /** Absolute. */
  readonly path: string
  readonly isFolder: boolean
}

/** What was dropped by its paths, folders not looked into; null where the page knows no paths. Without what is on no disk. */
export function droppedPaths(transfer: Pick<DataTransfer, 'items'>): DroppedPath[] | null {
  const host = pathHost()
  if (!host) return null
  return [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => {
      const file = item.getAsFile()
      return {
        path: file === null ? '' : host.pathOf(file),
        isFolder: item.webkitGetAsEntry()?.isDirectory ?? false,
      }
    })
    .filter(({ path }) => path !== '')
}

/** A folder with more is none that somebody meant to drop. */
const mostFiles = 5000

/**
 * The files of a drop, those in dropped folders too, but no hidden ones.
 *
 * @param transfer read before the first turn: its items are gone when the event is over
 * @throws AppError 'upload-too-large' where a folder holds too many, 'permission-denied' where one may not be read
 */
export async function droppedFiles(transfer: Pick<DataTransfer, 'items'>): Promise<GivenFile[]> {
  const roots = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile())
  const found: GivenFile[] = []
  const add = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    const name = folder + entry.name
    if (entry.isFile) {
      if (found.length >= mostFiles) throw tooMany(folder)
      found.push({ file: await fileOf(entry as FileSystemFileEntry), name })
      return
    }
    for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
      if (!child.name.startsWith('.')) await add(child, `${name}/`)
    }
  }
  for (const root of roots) {
    if (root === null) continue
    if (root instanceof File) found.push({ file: root, name: root.name })
    else await add(root, '')
  }
  return found
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, (error) => reject(unreadable(entry, error))))
}

/** A reader gives a part of a folder at a time, and at its end an empty part. */
async function childrenOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, (error) => reject(unreadable(entry, error))),
    )
    if (part.length === 0) return children
    children.push(...part)
    if (children.length > mostFiles) throw tooMany(entry.fullPath)
  }
}

function tooMany(folder: string): AppError {
  return new AppError(
    'upload-too-large',
    `A folder of at most ${mostFiles} files is expected; '${folder}' has more. Drop the files that are meant.`,
    { expected: `≤ ${mostFiles} files`, received: `> ${mostFiles} files` },
  )
}

function unreadable(entry: FileSystemEntry, error: DOMException): AppError {
  return new AppError(
    'permission-denied',
    `'${entry.name}' should be a file or folder that can be read: ${error.message}. Check its permissions.`,
    { name: entry.name, reason: error.message },
  )
}

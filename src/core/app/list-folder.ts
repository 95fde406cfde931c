import { readdirSync, statSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { fileEndingsOf, type PickKind } from '../../contract/requests/app.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import { toAppError } from '../store/to-app-error.ts'

const mostImagesCounted = 1000
const imageName = /\.(jpe?g|png|webp|gif|tiff?|bmp|avif|heic|heif)$/i

/**
 * What is in a folder, for the folder browser: folders first, then files; nothing of a file but its name is read. Hidden ones are left out.
 * @param path null: the home folder; `~` stands for it
 * @param kind of a file: files are listed too whose names end as those of its kind do
 * @throws source-not-found, source-not-a-folder, permission-denied
 */
export function listFolder(path: string | null, kind: PickKind = 'folder'): RequestOutput<'app.listFolder'> {
  const given = path?.trim() ?? ''
  const folder = given === '' ? homedir() : resolve(given.replace(/^~(?=$|[\\/])/, homedir()))
  const found = read(folder)
  const kindOf = (entry: Dirent): 'project' | 'folder' | 'file' | null => {
    if (entry.name.startsWith('.')) return null
    if (isFolder(folder, entry)) return entry.name.endsWith('.thaw') ? 'project' : 'folder'
    return endsAs(kind, entry.name) ? 'file' : null
  }
  const entries = found.flatMap((entry) => {
    const shown = kindOf(entry)
    return shown ? [{ name: entry.name, path: join(folder, entry.name), kind: shown }] : []
  })
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
  entries.sort(
    (a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || order.compare(a.name, b.name),
  )
  const images = found.filter((entry) => !entry.isDirectory() && imageName.test(entry.name)).length
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    entries,
    images: Math.min(images, mostImagesCounted),
  }
}

function read(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') {
      throw new AppError(
        'source-not-found',
        `There is no folder ${folder}. Check its name, or choose another.`,
        {
          path: folder,
        },
      )
    }
    if (code === 'ENOTDIR') {
      throw new AppError('source-not-a-folder', `${folder} is a file; a folder was expected.`, {
        path: folder,
      })
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError(
        'permission-denied',
        `${folder} may not be read by this account. Choose another folder, or change its permissions.`,
        { path: folder },
      )
    }
    throw toAppError(error, folder)
  }
}

function endsAs(kind: PickKind, name: string): boolean {
  return fileEndingsOf(kind).some((ending) => name.toLowerCase().endsWith(ending))
}

function isFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  // A link to nowhere is no folder.
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false
}

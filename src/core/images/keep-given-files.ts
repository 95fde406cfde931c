import { constants } from 'node:fs'
import { copyFile, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { safeFileName } from '../importers/safe-file-name.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { toAppError } from '../store/to-app-error.ts'
import { uploadFolderOf } from '../uploads/uploads.ts'
import { picturesFolder } from './pictures-folder.ts'

/** A file that a person gave, and what it is called by: its path below what was given, with slashes. */
export interface NamedFile {
  readonly path: string
  readonly name: string
}

/**
 * Puts files whose upload will end into the project, where they stay; others stay where they are.
 *
 * @param folderName of a new folder among the project's pictures
 * @returns where each is to be found from now on, in their order; durable
 * @throws AppError 'source-not-found' where an upload has ended, 'disk-full', 'permission-denied'; then nothing is left behind
 */
export async function keepGivenFiles(
  project: OpenProject,
  dataDir: string,
  files: readonly NamedFile[],
  folderName: string,
): Promise<string[]> {
  const folder = join(picturesFolder(project), folderName)
  const kept: string[] = []
  try {
    for (const { path, name } of files) {
      if (uploadFolderOf(dataDir, path) === null) {
        kept.push(path)
        continue
      }
      const target = freePath(folder, name, kept)
      await mkdir(dirname(target), { recursive: true })
      await copyDurably(path, target)
      kept.push(target)
    }
    return kept
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new AppError(
        'source-not-found',
        'The pictures were sent before, and are deleted by now. Give them once more.',
      )
    }
    throw toAppError(error, project.path)
  }
}

/** Where a file of that name can lie: on every system within the folder, and with a number where another one has the name. */
function freePath(folder: string, name: string, taken: readonly string[]): string {
  const parts = name.split('/').map(safeFileName)
  const path = join(folder, ...parts)
  const { dir, name: stem, ext } = parse(path)
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? path : join(dir, `${stem}-${count}${ext}`)
    if (!taken.includes(free)) return free
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  const file = await open(to, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { OpenProject } from './open-projects.ts'

/** Of files that data sets come as: no part of a project's name. */
const fileEnding = /\.(tar\.gz|tgz|tar|gz|zip|csv|tsv|json|bin)$/i

/**
 * The project of a folder of pictures, or of a file of a data set: beside it and named after it, or in the data folder where that cannot
 * be written. Given a project's folder, it is that project.
 * @throws source-not-found, and as `projects.open`
 */
export async function projectForFolder(context: CoreContext, path: string): Promise<OpenProject> {
  const folder = existingSource(path)
  if (folder.endsWith('.thaw') && existsSync(join(folder, 'project.sqlite')))
    return context.projects.open(folder)
  const name = basename(folder).replace(fileEnding, '') || 'images'
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  const candidates = [
    ...(canWrite(dirname(folder))
      ? [join(dirname(folder), `${name}.thaw`), join(dirname(folder), `${name}-${digest}.thaw`)]
      : []),
    join(context.dataDir, 'projects', `${name}-${digest}.thaw`),
  ]
  for (const candidate of candidates) {
    if (!existsSync(join(candidate, 'project.sqlite'))) continue
    const wasOpen = context.projects.list().some((project) => project.path === candidate)
    const project = context.projects.open(candidate)
    const owner = readFolder(project)
    // Where the pictures and their project were moved together, the folder written down is gone.
    if (owner === folder || owner === null || !existsSync(owner)) {
      if (owner !== folder) writeFolder(project, folder)
      return project
    }
    if (!wasOpen) await context.projects.close(project.id)
  }
  const free = candidates.find((candidate) => !existsSync(candidate))
  if (free === undefined) {
    throw new AppError(
      'project-exists',
      `There is no free name for a project of ${folder}. Make one elsewhere.`,
      {
        path: folder,
      },
    )
  }
  const project = context.projects.create(free, name)
  writeFolder(project, folder)
  return project
}

function existingSource(path: string): string {
  const given = resolve(path)
  try {
    return realpathSync(given)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new AppError(
        'source-not-found',
        `There is nothing at ${given}. Check its name, or choose another.`,
        {
          path: given,
        },
      )
    }
    throw toAppError(error, given)
  }
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    // Answers the question: the data folder is used instead.
    return false
  }
}

function readFolder({ database }: OpenProject): string | null {
  return database.prepare<[], string>("SELECT value FROM meta WHERE key = 'folder'").pluck().get() ?? null
}

function writeFolder({ database }: OpenProject, folder: string): void {
  database
    .prepare(
      "INSERT INTO meta (key, value) VALUES ('folder', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .run(folder)
}

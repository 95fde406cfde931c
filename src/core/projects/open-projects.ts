import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Database } from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { Project } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { CoreOptions } from '../context.ts'
import { openDatabase, schemaVersion } from '../store/open.ts'
import type { Tables } from '../store/tables/index.ts'
import { toAppError } from '../store/to-app-error.ts'
import { followMove } from './follow-move.ts'
import { lockProject } from './project-lock.ts'

/** Absolute paths below the `.thaw` folder. `cache` and what is in it may be deleted at any time. */
export interface ProjectFolders {
  cache: string
  thumbnails: string
  features: string
  runs: string
  /** Copied originals, `aa/<sha256>`. */
  media: string
}

export interface OpenProject extends Project {
  readonly database: Database
  /** Typed queries over the same connection. Transactions go through `transaction`, never through Kysely's own. */
  readonly query: Kysely<Tables>
  readonly folders: ProjectFolders
  /**
   * Runs `change` (synchronous) in one durable transaction; nested calls join it. The commit is on disk when this returns.
   * @throws disk-full and the like as AppError, with nothing of `change` stored
   */
  transaction<Result>(change: () => Result): Result
}

export type ProjectListener = (project: OpenProject) => void

/** The projects that this core has open; each is locked against every other process. */
export interface OpenProjects {
  /** @throws project-not-found, project-not-a-project, project-locked, project-newer, project-damaged */
  open(path: string): OpenProject
  /** @throws project-exists, project-name-invalid, and as `open` */
  create(path: string, name?: string): OpenProject
  /** @throws project-not-found */
  get(projectId: string): OpenProject
  list(): OpenProject[]
  close(projectId: string): Promise<void>
  closeAll(): Promise<void>
  /** Called after a project was opened. @returns a function that ends the subscription. */
  onOpen(listener: ProjectListener): () => void
  /** Called before the database is closed; a returned promise is waited for. @returns a function that ends the subscription. */
  onClose(listener: (project: OpenProject) => void | Promise<void>): () => void
}

interface Entry {
  project: OpenProject
  closing: Promise<void> | null
  shut(): void
}

export function createOpenProjects(options: Pick<CoreOptions, 'log'>): OpenProjects {
  const entries = new Map<string, Entry>()
  const openListeners = new Set<ProjectListener>()
  const closeListeners = new Set<(project: OpenProject) => void | Promise<void>>()

  function start(folder: string, create: boolean, name?: string): OpenProject {
    const lock = lockProject(folder)
    let database: Database | undefined
    try {
      database = openDatabase(join(folder, 'project.sqlite'), { create })
      const folders = makeFolders(folder)
      const identity = identify(database, folder, name, (id) => entries.has(id))
      const project = openProject(database, folder, folders, identity)
      followMove(project)
      const opened = database
      entries.set(project.id, {
        project,
        closing: null,
        shut() {
          opened.close()
          lock.release()
        },
      })
      for (const listener of openListeners) listener(project)
      options.log.info({ project: folder }, 'project opened')
      return project
    } catch (error) {
      database?.close()
      lock.release()
      throw toAppError(error, folder)
    }
  }

  async function close(projectId: string): Promise<void> {
    const entry = entries.get(projectId)
    if (!entry) throw notOpen(projectId)
    entry.closing ??= (async () => {
      try {
        for (const listener of closeListeners) await listener(entry.project)
      } finally {
        entries.delete(projectId)
        entry.shut()
        options.log.info({ project: entry.project.path }, 'project closed')
      }
    })()
    await entry.closing
  }

  return {
    open(path) {
      const given = resolve(path)
      if (!existsSync(given)) {
        throw new AppError(
          'project-not-found',
          `There is no project at ${given}. It may have been moved, renamed or deleted; choose it again.`,
          { path: given },
        )
      }
      const folder = realPath(given)
      const already = [...entries.values()].find((entry) => entry.project.path === folder && !entry.closing)
      if (already) return already.project
      if (!statSync(folder).isDirectory() || !existsSync(join(folder, 'project.sqlite'))) {
        throw new AppError(
          'project-not-a-project',
          `${given} is not a project of Thaw: a folder with a project.sqlite in it was expected. Choose one whose name ends in .thaw.`,
          { path: given },
        )
      }
      return start(folder, false)
    },
    create(path, name) {
      const folder = resolve(path)
      checkProjectPath(folder)
      if (existsSync(folder)) {
        throw new AppError(
          'project-exists',
          `${folder} is there already. Open it, or choose another name for the new project.`,
          { path: folder },
        )
      }
      try {
        mkdirSync(folder, { recursive: true })
      } catch (error) {
        throw toAppError(error, folder)
      }
      try {
        return start(realPath(folder), true, name?.trim() || undefined)
      } catch (error) {
        // Only what this call made: the folder did not exist before.
        rmSync(folder, { recursive: true, force: true })
        throw error
      }
    },
    get(projectId) {
      const entry = entries.get(projectId)
      if (!entry) throw notOpen(projectId)
      return entry.project
    },
    list: () => [...entries.values()].map((entry) => entry.project),
    close,
    async closeAll() {
      for (const id of [...entries.keys()]) await close(id)
    },
    onOpen(listener) {
      openListeners.add(listener)
      return () => void openListeners.delete(listener)
    },
    onClose(listener) {
      closeListeners.add(listener)
      return () => void closeListeners.delete(listener)
    },
  }
}

/** @throws project-name-invalid */
function checkProjectPath(folder: string): void {
  const name = basename(folder)
  if (name.endsWith('.thaw') && name.length > '.thaw'.length) return
  throw new AppError(
    'project-name-invalid',
    `A project's folder ends in .thaw, but ${name} does not. Call it ${name}.thaw, for example.`,
    { path: folder, name },
  )
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (error) {
    throw toAppError(error, folder)
  }
}

function makeFolders(folder: string): ProjectFolders {
  const folders: ProjectFolders = {
    cache: join(folder, 'cache'),
    thumbnails: join(folder, 'cache', 'thumbnails'),
    features: join(folder, 'cache', 'features'),
    runs: join(folder, 'runs'),
    media: join(folder, 'media'),
  }
  for (const path of Object.values(folders)) mkdirSync(path, { recursive: true })
  return folders
}

/** Reads id and name, or writes them first. A copy of a project that is open beside its original gets an id of its own. */
function identify(
  database: Database,
  folder: string,
  name: string | undefined,
  taken: (id: string) => boolean,
): { id: string; name: string } {
  const read = database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const write = database.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  let id = read.get('id')
  if (id === undefined || taken(id)) {
    id = randomBytes(6).toString('hex')
    write.run('id', id)
  }
  if (read.get('created_at') === undefined) write.run('created_at', String(Date.now()))
  if (name !== undefined) write.run('name', name)
  return { id, name: read.get('name') ?? basename(folder, '.thaw') }
}

function openProject(
  database: Database,
  path: string,
  folders: ProjectFolders,
  identity: { id: string; name: string },
): OpenProject {
  return {
    ...identity,
    path,
    schemaVersion,
    database,
    query: new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }),
    folders,
    transaction(change) {
      if (database.inTransaction) return change()
      try {
        return database.transaction(change).immediate()
      } catch (error) {
        throw toAppError(error, path)
      }
    },
  }
}

function notOpen(projectId: string): AppError {
  return new AppError(
    'project-not-found',
    `No project with the id ${projectId} is open. Open it first; it may have been closed in another window.`,
    { projectId },
  )
}

/** What the contract says of a project, without its connection. */
export function toProject(project: OpenProject): Project {
  return { id: project.id, name: project.name, path: project.path, schemaVersion: project.schemaVersion }
}

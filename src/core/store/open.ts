import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AppError } from '../../contract/errors.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import { toAppError } from './to-app-error.ts'

/** 'THAW' in ASCII: tells a project's database from any other SQLite file. */
export const applicationId = 0x54484157

/** What `user_version` says in a database that this program made: the count of migrations. */
export const schemaVersion = allMigrations.length

export interface OpenDatabaseOptions {
  /** Make it where it is not there yet; otherwise that is an error. */
  create: boolean
  /** Other than the program's own: for tests. */
  migrations?: readonly Migration[]
}

/**
 * Opens a project's database, brings its schema up to date, and returns it ready for use: WAL, durable commits,
 * foreign keys.
 * @throws project-not-a-project where the file is not one of Thaw's, project-newer where a later Thaw made it,
 *   project-damaged, permission-denied, disk-full
 */
export function openDatabase(file: string, options: OpenDatabaseOptions): Database.Database {
  if (!options.create && !existsSync(file)) {
    throw new AppError(
      'project-not-a-project',
      `${file} is not there, so this folder is not a project of Thaw. Choose a folder whose name ends in .thaw and that Thaw made.`,
      { path: file },
    )
  }
  let database: Database.Database | undefined
  try {
    database = new Database(file, { fileMustExist: !options.create, timeout: 5000 })
    checkOwner(database, file)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('cache_size = -65536')
    database.pragma('temp_store = MEMORY')
    migrate(database, file, options.migrations ?? allMigrations)
    return database
  } catch (error) {
    database?.close()
    throw toAppError(error, file)
  }
}

function checkOwner(database: Database.Database, file: string): void {
  const owner = database.pragma('application_id', { simple: true }) as number
  if (owner === applicationId) return
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number
  if (owner === 0 && tables === 0) return
  throw new AppError(
    'project-not-a-project',
    `${file} is a database of another program. Choose a folder that Thaw made.`,
    { path: file, applicationId: owner },
  )
}

function migrate(database: Database.Database, file: string, migrations: readonly Migration[]): void {
  const found = database.pragma('user_version', { simple: true }) as number
  if (found > migrations.length) throw newerError(file, found, migrations.length)
  const started = found > 0
  const applied = new Set<number>(
    started ? (database.prepare('SELECT number FROM migrations').pluck().all() as number[]) : [],
  )
  const known = new Set(migrations.map((migration) => migration.number))
  if (known.size !== migrations.length) throw new Error('Two migrations have the same number.')
  if ([...applied].some((number) => !known.has(number))) throw newerError(file, found, migrations.length)
  const missing = migrations.filter((migration) => !applied.has(migration.number))
  if (missing.length === 0) return
  database
    .transaction(() => {
      if (!started) {
        database.pragma(`application_id = ${applicationId}`)
        database.exec(
          'CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
        )
      }
      const record = database.prepare('INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)')
      for (const migration of missing) {
        migration.up(database)
        record.run(migration.number, migration.name, Date.now())
      }
      database.pragma(`user_version = ${migrations.length}`)
    })
    .immediate()
}

function newerError(file: string, found: number, known: number): AppError {
  return new AppError(
    'project-newer',
    `${file} was written by a newer Thaw (schema ${found}; this one knows up to ${known}). Update Thaw to open it; nothing was changed.`,
    { path: file, found, known },
  )
}

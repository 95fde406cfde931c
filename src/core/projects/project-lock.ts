import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../../contract/errors.ts'
import { toAppError } from '../store/to-app-error.ts'

interface Holder {
  pid: number
  host: string
  since: number
}

/** Held so that the garbage collector cannot close a lock whose owner forgot to release it. */
const heldLocks = new Set<Database.Database>()

/**
 * Takes the project for this process until `release`. The lock is SQLite's exclusive lock on `lock`, so the operating
 * system lets it go however the process ends; `lock.holder` only says whose it is.
 * @throws project-locked with `details.pid` and `details.host`
 */
export function lockProject(folder: string): { release(): void } {
  const file = join(folder, 'lock')
  const holderFile = join(folder, 'lock.holder')
  let database: Database.Database | undefined
  try {
    database = new Database(file, { timeout: 200 })
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const code = (error as { code?: string }).code ?? ''
    if (code.startsWith('SQLITE_BUSY')) throw lockedError(folder, readHolder(holderFile))
    throw toAppError(error, folder)
  }
  const lock = database
  try {
    const holder: Holder = { pid: process.pid, host: hostname(), since: Date.now() }
    writeFileSync(holderFile, JSON.stringify(holder))
  } catch (error) {
    lock.close()
    throw toAppError(error, folder)
  }
  heldLocks.add(lock)
  return {
    release() {
      heldLocks.delete(lock)
      rmSync(holderFile, { force: true })
      lock.close()
    },
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    // The file is only for the message; the lock itself holds without it.
    return null
  }
}

function lockedError(folder: string, holder: Holder | null): AppError {
  const whose = holder ? `process ${holder.pid} on ${holder.host}` : 'another process'
  return new AppError(
    'project-locked',
    `${folder} is open in ${whose}. A project has one writer: close it there, or use that window or server.`,
    { path: folder, pid: holder?.pid ?? null, host: holder?.host ?? null, since: holder?.since ?? null },
  )
}

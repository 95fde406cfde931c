import type { Database } from 'better-sqlite3'

/** One step of the schema. */
export interface Migration {
  /** Of the file name. */
  readonly number: number
  readonly name: string
  /** Runs within the transaction that also records it. */
  up(database: Database): void
}

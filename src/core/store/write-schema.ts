import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { migrations } from './migrations/index.ts'

/** Where `schema.sql` lies. */
export const schemaFile = fileURLToPath(new URL('schema.sql', import.meta.url))

/** The schema after every migration, for people to read. */
export function currentSchema(): string {
  const database = new Database(':memory:')
  try {
    for (const migration of migrations) migration.up(database)
    const statements = database
      .prepare<[], string>(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
      )
      .pluck()
      .all()
    const header = '-- The schema after every migration, written by write-schema.ts. Do not edit.\n'
    return [header, ...statements.map((sql) => `${unindent(sql)};\n`)].join('\n')
  } finally {
    database.close()
  }
}

function unindent(sql: string): string {
  return sql.replace(/\n +(?=[^ ])/g, (space) => `\n${' '.repeat(Math.max(0, space.length - 7))}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaFile, currentSchema())

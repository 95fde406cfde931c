import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Migration } from '../../../src/core/store/migrations/migration.ts'
import { migrations } from '../../../src/core/store/migrations/index.ts'
import { applicationId, openDatabase, schemaVersion } from '../../../src/core/store/open.ts'
import { currentSchema, schemaFile } from '../../../src/core/store/write-schema.ts'
import { temporaryFolder } from '../test-project.ts'

const file = () => join(temporaryFolder(), 'project.sqlite')
const step = (number: number, sql: string): Migration => ({
  number,
  name: `step-${number}`,
  up: (database) => database.exec(sql),
})

describe('openDatabase', () => {
  it('makes a durable database that says whose it is', () => {
    const database = openDatabase(file(), { create: true })
    const pragma = (name: string) => database.pragma(name, { simple: true })
    expect(pragma('application_id')).toBe(applicationId)
    expect(pragma('user_version')).toBe(schemaVersion)
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    const loose = database
      .prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .all()
    expect(loose).toEqual([])
    database.close()
  })

  it('does not make one unless asked', () => {
    expect(() => openDatabase(file(), { create: false })).toThrow(
      expect.objectContaining({ code: 'project-not-a-project' }),
    )
  })

  it('brings an older database up to date, keeping what it holds', () => {
    const path = file()
    const first = step(1, 'CREATE TABLE a (x INTEGER) STRICT')
    const third = step(100, 'CREATE TABLE c (x INTEGER) STRICT')
    const older = openDatabase(path, { create: true, migrations: [first, third] })
    older.exec('INSERT INTO a VALUES (7)')
    older.close()
    // A number between those already there: areas number their own.
    const second = step(50, 'ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 8')
    const newer = openDatabase(path, { create: false, migrations: [first, second, third] })
    expect(newer.prepare('SELECT * FROM a').all()).toEqual([{ x: 7, y: 8 }])
    expect(newer.pragma('user_version', { simple: true })).toBe(3)
    newer.close()
  })

  it('leaves the database as it was where a migration fails', () => {
    const path = file()
    const first = step(1, 'CREATE TABLE a (x INTEGER) STRICT')
    openDatabase(path, { create: true, migrations: [first] }).close()
    const good = step(2, 'CREATE TABLE b (x INTEGER) STRICT')
    const bad = step(3, 'CREATE TABLE a (x INTEGER) STRICT')
    expect(() => openDatabase(path, { create: false, migrations: [first, good, bad] })).toThrow(
      /already exists/,
    )
    const database = openDatabase(path, { create: false, migrations: [first] })
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'b'").all()
    expect(tables).toEqual([])
    database.close()
  })

  it('refuses a database of a newer version, by count and by name, and says what to do', () => {
    const path = file()
    const database = openDatabase(path, { create: true })
    database.pragma(`user_version = ${schemaVersion + 1}`)
    database.close()
    expect(() => openDatabase(path, { create: false })).toThrow(
      expect.objectContaining({
        code: 'project-newer',
        message: expect.stringContaining('Update Thaw'),
        details: { path, found: schemaVersion + 1, known: schemaVersion },
      }),
    )
    const other = file()
    openDatabase(other, { create: true, migrations: [step(9, 'CREATE TABLE z (x INTEGER) STRICT')] }).close()
    expect(() =>
      openDatabase(other, { create: false, migrations: [step(1, 'CREATE TABLE a (x INTEGER) STRICT')] }),
    ).toThrow(expect.objectContaining({ code: 'project-newer' }))
  })

  it("refuses another program's database without touching it", () => {
    const path = file()
    const foreign = new Database(path)
    foreign.exec('CREATE TABLE photos (x)')
    foreign.close()
    const before = readFileSync(path)
    expect(() => openDatabase(path, { create: true })).toThrow(
      expect.objectContaining({ code: 'project-not-a-project' }),
    )
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('says that a damaged file is damaged', () => {
    const garbage = file()
    writeFileSync(garbage, 'not a database at all, but long enough to be taken for one '.repeat(20))
    expect(() => openDatabase(garbage, { create: false })).toThrow(
      expect.objectContaining({ code: 'project-damaged' }),
    )
    const torn = file()
    openDatabase(torn, { create: true }).close()
    const bytes = readFileSync(torn)
    bytes.fill(0xff, 100, 4096)
    writeFileSync(torn, bytes)
    expect(() => openDatabase(torn, { create: false })).toThrow(
      expect.objectContaining({ code: 'project-damaged' }),
    )
  })

  it('numbers its migrations upwards', () => {
    const numbers = migrations.map((migration) => migration.number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  })

  it('has a current schema.sql (node src/core/store/write-schema.ts writes it)', () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(currentSchema())
  })
})

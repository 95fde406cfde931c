import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countUnmeasured, measureImages } from '../../../src/core/images/measure-images.ts'
import type { OpenProject } from '../../../src/core/projects/open-projects.ts'
import { checkDatabase } from '../../../src/core/projects/check/check-database.ts'
import { createImagingPool, type ImagingPool } from '../../../src/imaging/client.ts'
import { layoutBytes, measureVersion } from '../../../src/imaging/measure.ts'
import { jpeg, picture } from '../../fixtures/bad-files.ts'
import { createTestCore, launchImaging, type TestCore } from '../../fixtures/test-core.ts'
import { testContext } from '../test-project.ts'

let test: TestCore
let source: string
let folder: string
let imaging: ImagingPool

beforeEach(async () => {
  test = createTestCore()
  imaging = createImagingPool(launchImaging, { workers: 1 })
  source = join(test.folder, 'pictures')
  folder = join(test.folder, 'a.thaw')
  mkdirSync(source)
})
afterEach(async () => {
  await imaging.close()
  await test.dispose()
})

/** Imports what is in the folder into a new project, and closes it. */
async function importAll(): Promise<void> {
  const { id: projectId } = await test.core.request('projects.create', { path: folder })
  const { jobId } = await test.core.request('images.import', { projectId, source })
  await test.core.request('images.importReport', { projectId, jobId })
  await test.core.request('projects.close', { projectId })
}

const reopen = (): OpenProject => testContext().projects.open(folder)

interface MeasuredRow {
  path: string
  version: number
  brightness: number
  captured_at: number | null
  bytes: number
}
const rows = (project: OpenProject) =>
  project.database
    .prepare<[], MeasuredRow>(
      `SELECT images.relative_path AS path, version, brightness, captured_at, length(layout) AS bytes
       FROM images JOIN image_measurements AS measured ON measured.image_id = images.id
       JOIN image_layouts AS layouts ON layouts.image_id = images.id ORDER BY sort_key`,
    )
    .all()

const run = (project: OpenProject, signal = new AbortController().signal) =>
  measureImages({ imaging }, project, { signal, onProgress: () => {} })

const grey = (level: number) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: { r: level, g: level, b: level } } })

describe('measurements of images', () => {
  it('are stored when an image is read, once for files of the same bytes', async () => {
    writeFileSync(join(source, 'dark.png'), await grey(51).png().toBuffer())
    writeFileSync(join(source, 'dark-again.png'), await grey(51).png().toBuffer())
    const taken = { IFD2: { DateTimeOriginal: '2024:05:06 07:08:09' } }
    writeFileSync(join(source, 'light.jpg'), await grey(204).jpeg({ quality: 95 }).withExif(taken).toBuffer())
    writeFileSync(join(source, 'none.jpg'), 'no picture')
    await importAll()
    const found = rows(reopen())
    expect(found.map(({ version, bytes }) => ({ version, bytes }))).toEqual(
      Array.from({ length: 2 }, () => ({ version: measureVersion, bytes: layoutBytes })),
    )
    expect(found.map((row) => row.brightness.toFixed(2))).toEqual(['0.20', '0.80'])
    expect(found.map((row) => row.captured_at)).toEqual([null, Date.UTC(2024, 4, 6, 7, 8, 9)])
  })

  it('are made up for images that were read before, from thumbnails or, without those, from the files', async () => {
    for (let index = 0; index < 6; index += 1) writeFileSync(join(source, `${index}.jpg`), await jpeg(index))
    await importAll()
    const database = new Database(join(folder, 'project.sqlite'))
    database.exec('DELETE FROM image_measurements; DELETE FROM image_layouts')
    database.close()

    const project = reopen()
    expect(countUnmeasured(project)).toBe(6)
    rmSync(join(source, '0.jpg'))
    expect(await run(project)).toBe(6)
    expect(countUnmeasured(project)).toBe(0)
    expect(rows(project)).toHaveLength(6)
    expect(await run(project)).toBe(0)

    project.database.exec('UPDATE image_measurements SET version = 0')
    rmSync(project.folders.thumbnails, { recursive: true })
    expect(await run(project)).toBe(5)
    expect(countUnmeasured(project)).toBe(1)
  })

  it('keep what was measured when measuring is cancelled', async () => {
    for (let index = 0; index < 3; index += 1) writeFileSync(join(source, `${index}.jpg`), await jpeg(index))
    await importAll()
    const project = reopen()
    project.database.exec('UPDATE image_measurements SET version = 0')
    await expect(run(project, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    expect(countUnmeasured(project)).toBe(3)
  })

  it('that refer to nothing are dropped by a repair', async () => {
    writeFileSync(join(source, 'a.png'), await picture(1).png().toBuffer())
    await importAll()
    const project = reopen()
    project.database.pragma('foreign_keys = OFF')
    project.database.exec(
      'UPDATE image_measurements SET image_id = 99; UPDATE image_layouts SET image_id = 99',
    )
    project.database.pragma('foreign_keys = ON')
    const problems: unknown[] = []
    checkDatabase(project, true, (problem) => problems.push(problem))
    expect(problems).toMatchObject([{ repaired: true }, { repaired: true }])
    expect(rows(project)).toEqual([])
  })
})

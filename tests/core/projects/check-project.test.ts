import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkProject } from '../../../src/core/projects/check/check-project.ts'
import type { OpenProject } from '../../../src/core/projects/open-projects.ts'
import { originalPath } from '../../../src/imaging/thumbnail-path.ts'
import { insertImages, temporaryFolder, testContext } from '../test-project.ts'

function start(storage: 'link' | 'copy' = 'link') {
  const context = testContext()
  const folder = temporaryFolder()
  const project = context.projects.create(join(folder, 'a.thaw'))
  const { database } = project
  const { lastInsertRowid: importId } = database
    .prepare(
      "INSERT INTO imports (source, storage, labels_from, split_from, started_at) VALUES ('/p', ?, 'none', 'none', 1)",
    )
    .run(storage)
  /** A picture's file, its row, and where copied, its copy. */
  const add = (name: string, bytes = `bytes of ${name}`) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const [id] = insertImages(project, [{ relativePath: name, sha256 }]) as [number]
    database
      .prepare('UPDATE images SET path = ?, size_bytes = ?, import_id = ? WHERE id = ?')
      .run(path, Buffer.byteLength(bytes), importId, id)
    database
      .prepare('INSERT INTO image_sources (path, image_id, relative_path, import_id) VALUES (?, ?, ?, ?)')
      .run(path, id, name, importId)
    const media = originalPath(project.folders.media, sha256)
    if (storage === 'copy') {
      mkdirSync(dirname(media), { recursive: true })
      writeFileSync(media, bytes)
    }
    return { id, path, sha256, media }
  }
  return { project, folder, add }
}

const statusOf = (project: OpenProject, id: number) =>
  project.database.prepare('SELECT status FROM images WHERE id = ?').pluck().get(id)
const longAgo = new Date(Date.now() - 3 * 60 * 60 * 1000)

describe('checkProject', () => {
  it('finds nothing wrong with a sound project', async () => {
    for (const storage of ['link', 'copy'] as const) {
      const { project, add } = start(storage)
      add('a.jpg')
      add('b.jpg')
      expect(await checkProject(project, false)).toEqual({ ok: true, problems: [] })
    }
  })

  it('names linked files that are gone or hold other bytes, and marks them', async () => {
    const { project, add } = start()
    const gone = add('gone.jpg')
    const changed = add('changed.jpg')
    const shorter = add('shorter.jpg')
    const fine = add('fine.jpg')
    rmSync(gone.path)
    writeFileSync(changed.path, 'BYTES of changed.jpg')
    writeFileSync(shorter.path, 'x')
    const looked = await checkProject(project, false)
    expect(looked.ok).toBe(false)
    expect(looked.problems.map((problem) => [problem.kind, problem.path, problem.repaired]).sort()).toEqual([
      ['file-changed', changed.path, false],
      ['file-changed', shorter.path, false],
      ['file-missing', gone.path, false],
    ])
    expect(statusOf(project, gone.id)).toBe('ready')
    await checkProject(project, true)
    expect(statusOf(project, gone.id)).toBe('missing')
    expect(statusOf(project, fine.id)).toBe('ready')
  })

  it('takes another path of the same image, and welcomes a file back', async () => {
    const { project, folder, add } = start()
    const image = add('a.jpg')
    const other = join(folder, 'copy of a.jpg')
    writeFileSync(other, readFileSync(image.path))
    project.database
      .prepare("INSERT INTO image_sources (path, image_id, relative_path) VALUES (?, ?, 'copy of a.jpg')")
      .run(other, image.id)
    rmSync(image.path)
    expect(await checkProject(project, true)).toMatchObject({
      ok: true,
      problems: [{ kind: 'file-missing', repaired: true }],
    })
    expect(project.database.prepare('SELECT path FROM images').pluck().get()).toBe(other)

    rmSync(other)
    expect((await checkProject(project, true)).ok).toBe(false)
    writeFileSync(other, 'bytes of a.jpg')
    expect(await checkProject(project, true)).toMatchObject({
      ok: true,
      problems: [{ kind: 'file-back', repaired: true }],
    })
    expect(await checkProject(project, false)).toEqual({ ok: true, problems: [] })
  })

  it('copies a damaged or lost copy again from where it came', async () => {
    const { project, add } = start('copy')
    const damaged = add('a.jpg')
    const lost = add('b.jpg')
    const hopeless = add('c.jpg')
    writeFileSync(damaged.media, 'BYTES of a.jpg')
    rmSync(lost.media)
    rmSync(hopeless.media)
    rmSync(hopeless.path)
    const { ok, problems } = await checkProject(project, true)
    expect(ok).toBe(false)
    expect(problems.map((problem) => [problem.kind, problem.path, problem.repaired])).toEqual(
      expect.arrayContaining([
        ['media-damaged', damaged.media, true],
        ['media-missing', lost.media, true],
        ['media-missing', hopeless.media, false],
      ]),
    )
    expect(readFileSync(damaged.media, 'utf8')).toBe('bytes of a.jpg')
    expect(readFileSync(lost.media, 'utf8')).toBe('bytes of b.jpg')
    expect(statusOf(project, hopeless.id)).toBe('missing')
  })

  it('deletes what no row knows, once it is old enough not to be at work', async () => {
    const { project } = start()
    const orphan = join(project.folders.runs, 'r99')
    const fresh = join(project.folders.runs, 'r100')
    const media = join(project.folders.media, 'ab', 'ab'.repeat(32))
    const thumbnail = join(project.folders.thumbnails, 'ab', 'empty.jpg')
    for (const path of [orphan, fresh, dirname(media), dirname(thumbnail)])
      mkdirSync(path, { recursive: true })
    writeFileSync(media, 'left over')
    writeFileSync(thumbnail, '')
    for (const path of [orphan, media]) utimesSync(path, longAgo, longAgo)
    const { problems } = await checkProject(project, true)
    expect(problems.map((problem) => [problem.kind, problem.repaired])).toEqual([
      ['run-folder-orphan', false],
      ['run-folder-orphan', true],
      ['media-orphan', true],
      ['thumbnail-damaged', true],
    ])
    expect([orphan, fresh, media, thumbnail].map((path) => existsSync(path))).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('finds rows that refer to nothing, and drops them', async () => {
    const { project, add } = start()
    add('a.jpg')
    project.database.pragma('foreign_keys = OFF')
    project.database.exec('INSERT INTO annotations (image_id, class_id) VALUES (1, 77), (78, 77)')
    project.database.pragma('foreign_keys = ON')
    expect((await checkProject(project, false)).ok).toBe(false)
    const { ok, problems } = await checkProject(project, true)
    expect(ok).toBe(true)
    expect(problems.every((problem) => problem.kind === 'dangling-reference' && problem.repaired)).toBe(true)
    expect(await checkProject(project, false)).toEqual({ ok: true, problems: [] })
  })

  it('finds damage within the database, and rebuilds an index', async () => {
    const { project, add } = start()
    add('a.jpg')
    add('b.jpg')
    const { database } = project
    database.unsafeMode(true)
    database.pragma('writable_schema = ON')
    // The index now says that it is of another column than the one it was filled from.
    database.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, '(import_id)', '(size_bytes)') WHERE name = 'images_by_import'",
    )
    database.pragma('writable_schema = RESET')
    const looked = await checkProject(project, false)
    expect(looked.ok).toBe(false)
    expect(looked.problems[0]).toMatchObject({ kind: 'database-damaged', repaired: false })
    const repaired = await checkProject(project, true)
    expect(repaired.ok).toBe(true)
    expect(repaired.problems[0]).toMatchObject({ kind: 'database-damaged', repaired: true })
    expect(await checkProject(project, false)).toEqual({ ok: true, problems: [] })

    database.pragma('writable_schema = ON')
    database.exec("UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'images_by_split'")
    database.pragma('writable_schema = RESET')
    expect(await checkProject(project, true)).toMatchObject({
      ok: false,
      problems: [{ kind: 'database-damaged', repaired: false }],
    })
  })
})

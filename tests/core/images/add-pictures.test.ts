import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg, picture } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from '../importers/import-bench.ts'

let bench: ImportBench
beforeEach(async () => {
  bench = await createImportBench()
})
afterEach(() => bench.test.dispose())

const filesBelow = (folder: string) => join(bench.project, 'pictures', folder)

describe('images.addPictures', () => {
  it('keeps pictures in the project under their names, with the class that was given, as one entry that can be undone', async () => {
    const { core } = bench.test
    const { projectId } = bench
    const { id: classId } = await core.request('classes.create', { projectId, name: 'mug' })
    const bytes = [await jpeg(1), await jpeg(2)]
    const { jobId, images } = await core.request('images.addPictures', {
      projectId,
      origin: 'camera',
      classId,
      pictures: bytes.map((one) => ({ name: 'shot.jpg', base64: one.toString('base64') })),
    })
    await core.request('images.importReport', { projectId, jobId })
    expect(images.map(({ path }) => path)).toEqual([
      join(filesBelow('camera'), 'shot.jpg'),
      join(filesBelow('camera'), 'shot-2.jpg'),
    ])
    expect(images.map(({ path }) => readFileSync(path))).toEqual(bytes)
    expect(new Set(await bench.labels())).toEqual(
      new Set([
        ['shot.jpg', 'mug', null],
        ['shot-2.jpg', 'mug', null],
      ]),
    )
    expect(bench.test.events).toContainEqual(
      expect.objectContaining({
        name: 'images.importFinished',
        payload: expect.objectContaining({ jobId, by: 'camera' }) as unknown,
      }),
    )
    const { entries } = await core.request('journal.list', { projectId })
    expect(entries[0]).toMatchObject({ kind: 'images.import', summary: { images: 2, folder: 'camera' } })
    await core.request('journal.undo', { projectId })
    expect(await bench.labels()).toEqual([])
  })

  it('refuses what is no picture, and leaves nothing behind', async () => {
    const good = { name: 'good.png', base64: (await picture(3).png().toBuffer()).toString('base64') }
    const add = (extra: { name: string; base64: string }[], classId: number | null) =>
      bench.test.core.request('images.addPictures', {
        projectId: bench.projectId,
        origin: 'clipboard',
        classId,
        pictures: [good, ...extra],
      })
    await expect(add([{ name: 'a.txt', base64: btoa('only words') }], null)).rejects.toMatchObject({
      code: 'import-invalid',
    })
    await expect(add([], 77)).rejects.toMatchObject({ code: 'class-not-found' })
    expect(existsSync(join(filesBelow('clipboard'), 'good.png'))).toBe(false)
    expect(await bench.images()).toEqual([])
  })

  it('takes no name for a path', async () => {
    const { images } = await bench.test.core.request('images.addPictures', {
      projectId: bench.projectId,
      origin: 'clipboard',
      classId: null,
      pictures: [{ name: '../../out.png', base64: (await picture(4).png().toBuffer()).toString('base64') }],
    })
    expect(images[0]?.path.startsWith(filesBelow('clipboard'))).toBe(true)
  })
})

describe('images.import of an upload', () => {
  async function upload(files: Record<string, Buffer>): Promise<{ id: string; paths: string[] }> {
    const { uploads } = bench.test.core
    const id = uploads.begin('dataset')
    const paths: string[] = []
    for (const [name, bytes] of Object.entries(files)) {
      paths.push(await uploads.receive(id, name, Readable.from([bytes]), bytes.length))
    }
    return { id, paths }
  }

  it('moves the files into the project, where they outlive the upload', async () => {
    const { id, paths } = await upload({ 'cats/1.jpg': await jpeg(1), 'dogs/2.jpg': await jpeg(2) })
    const source = (paths[0] as string).slice(0, -'/cats/1.jpg'.length)
    await bench.importAll(source)
    await bench.test.core.uploads.end(id)
    expect(await bench.labels()).toEqual([
      ['cats/1.jpg', 'cats', null],
      ['dogs/2.jpg', 'dogs', null],
    ])
    for (const { path } of await bench.images()) {
      expect(path).toMatch(new RegExp(`^${bench.project}/pictures/dropped .*/(cats|dogs)/`))
      expect(existsSync(path)).toBe(true)
    }
  })

  it('leaves nothing in the project where there is no image in it', async () => {
    const { paths } = await upload({ 'words.txt': Buffer.from('words') })
    const source = (paths[0] as string).slice(0, -'/words.txt'.length)
    await expect(bench.importAll(source)).rejects.toMatchObject({ code: 'no-images' })
    expect(existsSync(join(bench.project, 'pictures'))).toBe(false)
  })
})

describe('images.import of some of a folder', () => {
  it('takes only these files and folders, with the class that was given', async () => {
    const { projectId } = bench
    for (const [index, name] of ['a/1.jpg', 'a/2.jpg', 'b/3.jpg', '4.jpg', '5.jpg'].entries()) {
      bench.put(name, await jpeg(index))
    }
    const only = ['a', '4.jpg', '../outside.jpg']
    expect(await bench.preview(bench.folder, { only })).toMatchObject({
      format: 'folder',
      files: 3,
      classes: [{ name: 'a', count: 2 }],
    })
    const { id: classId } = await bench.test.core.request('classes.create', { projectId, name: 'given' })
    const { skipped } = await bench.importAll(bench.folder, { only, classId })
    expect(await bench.labels()).toEqual([
      ['4.jpg', 'given', null],
      ['a/1.jpg', 'given', null],
      ['a/2.jpg', 'given', null],
    ])
    expect(skipped).toMatchObject([{ reason: 'unsafe-path' }])
  })
})

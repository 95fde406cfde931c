import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from '../importers/import-bench.ts'

let bench: ImportBench

beforeEach(async () => {
  bench = await createImportBench()
  for (const [index, name] of ['ants/1.jpg', 'ants/2.jpg', 'bees/1.jpg', '蜜蜂/3.jpg'].entries())
    bench.put(`pictures/${name}`, await jpeg(index))
  await bench.importAll(join(bench.folder, 'pictures'))
})
afterEach(() => bench.test.dispose())

const set = (content: string | Buffer, name = 'labels.csv') =>
  bench.test.core.request('labels.setListed', {
    projectId: bench.projectId,
    file: bench.put(name, content),
  })
const undo = () => bench.test.core.request('journal.undo', { projectId: bench.projectId })
const classOf = async () => Object.fromEntries((await bench.labels()).map(([path, name]) => [path, name]))
const classNames = async () =>
  (await bench.test.core.request('classes.list', { projectId: bench.projectId })).classes.map(
    ({ name }) => name,
  )

const imported = { 'ants/1.jpg': 'ants', 'ants/2.jpg': 'ants', 'bees/1.jpg': 'bees', '蜜蜂/3.jpg': '蜜蜂' }

describe('labels.setListed', () => {
  it('finds images by absolute paths, by paths relative to the file and by those below the imported folder', async () => {
    const absolute = join(bench.folder, 'pictures/ants/1.jpg')
    const result = await set(
      `path,class\n${absolute},bees\npictures/ants/2.jpg,bees\n./pictures/../pictures/bees/1.jpg,ants\n蜜蜂/3.jpg,ants\n`,
    )
    expect(result).toEqual({ applied: 4, changed: 4, unknown: [], withoutClass: 0, madeClasses: [] })
    expect(await classOf()).toEqual({
      'ants/1.jpg': 'bees',
      'ants/2.jpg': 'bees',
      'bees/1.jpg': 'ants',
      '蜜蜂/3.jpg': 'ants',
    })
  })

  it('finds images by their hash, before their path, whose files may be gone', async () => {
    const [first, second] = await bench.images()
    rmSync(join(bench.folder, 'pictures/ants/1.jpg'))
    expect(
      await set(
        `sha256,path,label\n${first?.sha256?.toUpperCase()},moved/elsewhere.jpg,bees\n${second?.sha256},,bees\n`,
      ),
    ).toMatchObject({ applied: 2, unknown: [] })
    expect(await classOf()).toMatchObject({ 'ants/1.jpg': 'bees', 'ants/2.jpg': 'bees' })
  })

  it('finds an image by any of the files that have its bytes', async () => {
    bench.put('more/copy.jpg', await jpeg(2))
    await bench.importAll(join(bench.folder, 'more'))
    expect(await set('path,class\nmore/copy.jpg,wasps\n')).toMatchObject({ applied: 1 })
    expect(await classOf()).toMatchObject({ 'bees/1.jpg': 'wasps' })
  })

  it.each([
    [
      'semicolons, a mark of UTF-8 and Windows line ends',
      '\uFEFFfile;class\r\nants/1.jpg;"a; b"\r\n',
      'a; b',
    ],
    ['tabs and Chinese headings', '路径\t类别\n蜜蜂/3.jpg\t野蜂\n', '野蜂'],
    ['UTF-16', Buffer.from('\uFEFFpath,class\nants/1.jpg,wasps\n', 'utf16le'), 'wasps'],
    [
      'backslashes and an apostrophe in front of a formula',
      "path,class\npictures\\ants\\1.jpg,'=1+1\n",
      '=1+1',
    ],
  ])('reads %s', async (_title, content, name) => {
    expect(await set(content)).toMatchObject({ applied: 1, madeClasses: [name] })
    expect(Object.values(await classOf())).toContain(name)
  })

  it('names what is in no image, each once, and applies the rest', async () => {
    const unknownHash = 'f'.repeat(64)
    bench.put('again/ants/1.jpg', await jpeg(40))
    await bench.importAll(join(bench.folder, 'again'))
    const result = await set(
      `path,sha256,class\npictures/ants/1.jpg,,bees\ngone.jpg,,bees\ngone.jpg,,ants\n,${unknownHash},bees\nants/1.jpg,,bees\n,,bees\n`,
    )
    expect(result).toMatchObject({ applied: 1, changed: 1 })
    // ants/1.jpg could be either of two.
    expect(result.unknown).toEqual([
      'gone.jpg',
      unknownHash,
      'ants/1.jpg',
      join(bench.folder, 'labels.csv:7'),
    ])
  })

  it('is one step of the history, with the classes that it made', async () => {
    const before = await classNames()
    const result = await set(
      'path,class\nants/1.jpg,wasp 10\nants/2.jpg,wasp 2\n蜜蜂/3.jpg,ants\n',
      'mine.csv',
    )
    expect(result).toMatchObject({ applied: 3, changed: 3, madeClasses: ['wasp 2', 'wasp 10'] })
    const { projectId } = bench
    const { entries } = await bench.test.core.request('journal.list', { projectId })
    expect(entries[0]).toMatchObject({ kind: 'labels.setListed', summary: { images: 3, file: 'mine.csv' } })
    await undo()
    expect(await classOf()).toEqual(imported)
    expect(await classNames()).toEqual(before)
    await bench.test.core.request('journal.redo', { projectId })
    expect(await classOf()).toMatchObject({ 'ants/1.jpg': 'wasp 10', '蜜蜂/3.jpg': 'ants' })
  })

  it('may be repeated: nothing changes, and nothing is added to the history', async () => {
    const content = 'path,class\nants/1.jpg,bees\nants/2.jpg,ants\n'
    expect(await set(content)).toMatchObject({ applied: 2, changed: 1 })
    expect(await set(content)).toMatchObject({ applied: 2, changed: 0 })
    await undo()
    expect(await classOf()).toEqual(imported)
  })

  it('leaves images of rows without a class as they are, and takes several classes of an image', async () => {
    const [first] = await bench.images()
    const { projectId } = bench
    const { classes } = await bench.test.core.request('classes.list', { projectId })
    await bench.test.core.request('labels.set', {
      projectId,
      imageIds: [first?.id as number],
      classId: classes.find(({ name }) => name === 'bees')?.id as number,
      mode: 'add',
    })
    expect(await set('path,class\nants/1.jpg,ants\nants/2.jpg,\n')).toMatchObject({
      applied: 1,
      changed: 1,
      withoutClass: 1,
    })
    expect((await bench.images())[0]?.classIds).toHaveLength(1)
    expect(await classOf()).toEqual(imported)
    await undo()
    expect((await bench.images())[0]?.classIds).toHaveLength(2)
  })

  it('does not reach removed images', async () => {
    const [first] = await bench.images()
    const { projectId } = bench
    await bench.test.core.request('images.remove', { projectId, imageIds: [first?.id as number] })
    expect(await set(`path,sha256,class\nants/1.jpg,${first?.sha256},bees\n`)).toMatchObject({
      applied: 0,
      unknown: ['ants/1.jpg'],
    })
  })

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /is empty\. Expected the columns 'path' \(or 'sha256'\) and 'class'/],
    [
      'no column for the class',
      'path,size\nants/1.jpg,3\n',
      /has no 'class'\. Its first line is: path, size\. Name/,
    ],
    ['no column for the image', 'class\nants\n', /has no 'path' or 'sha256'/],
    [
      'no header',
      'ants/1.jpg,bees\n',
      /no 'path' or 'sha256' and no 'class'\. Its first line is: ants\/1\.jpg, bees/,
    ],
    [
      'another encoding',
      Buffer.from('path,class\nants/1.jpg,\xc3\xdb\xb7\xe4\n', 'latin1'),
      /It seems to be in GBK/,
    ],
    [
      'two classes for one image',
      'path,class\nants/2.jpg,bees\nants/1.jpg,bees\npictures/ants/1.jpg,wasps\n',
      /pictures\/ants\/1\.jpg is bees in line 3, wasps in line 4\. Delete one of the lines\. No label was changed/,
    ],
  ])('refuses a file with %s, and changes nothing', async (_title, content, message) => {
    const classes = await classNames()
    const refused = await set(content).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'import-invalid',
      message: expect.stringMatching(message) as string,
    })
    expect(await classOf()).toEqual(imported)
    expect(await classNames()).toEqual(classes)
  })

  it('says where a file was expected', async () => {
    const { request } = bench.test.core
    const { projectId, folder } = bench
    mkdirSync(join(folder, 'labels.csv'))
    for (const [name, message] of [
      ['none.csv', /nothing at .*none\.csv/],
      ['labels.csv', /is a folder; a CSV file/],
    ] as const) {
      await expect(
        request('labels.setListed', { projectId, file: join(folder, name) }),
      ).rejects.toMatchObject({
        code: 'source-not-found',
        message: expect.stringMatching(message) as string,
      })
    }
  })
})

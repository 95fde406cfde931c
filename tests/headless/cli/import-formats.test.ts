import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { expectFailure, runCli, runJson } from './run-cli.ts'

describe('thaw import and thaw export-dataset', () => {
  let folder: string
  let home: string
  let project: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'thaw-cli-formats-'))
    home = join(folder, 'home')
    project = join(folder, 'a.thaw')
    mkdirSync(join(folder, 'data'))
    for (const index of [1, 2, 3]) writeFileSync(join(folder, 'data', `${index}.jpg`), await jpeg(index))
    writeFileSync(
      join(folder, 'data', 'labels.csv'),
      'path,class,split\n1.jpg,ants,train\n2.jpg,bees,test\n3.jpg,bees,train\ngone.jpg,bees,train\n',
    )
    await runJson(home, 'init', [project])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('find the format, write a report, and write what an empty project reads the same', async () => {
    const report = await runJson(
      home,
      'import',
      [project, 'data', '--format', 'auto', '--report', 'left-out.csv'],
      folder,
    )
    expect(report).toMatchObject({
      found: 4,
      imported: 3,
      skipped: [{ path: join(folder, 'data/gone.jpg'), reason: 'not-found' }],
    })
    expect(readFileSync(join(folder, 'left-out.csv'), 'utf8')).toContain('gone.jpg,not-found,')

    const arguments_ = ['export-dataset', project, '--format', 'coco', '--out', 'out.zip', '--json']
    const written = await runCli(home, arguments_, folder)
    expect(written, written.stderr).toMatchObject({ status: 0 })
    expect(JSON.parse(written.stdout)).toMatchObject({ files: 4, skipped: [] })
    expectFailure(await runCli(home, arguments_, folder), 1, /out\.zip is there already/)

    const other = join(folder, 'b.thaw')
    await runJson(home, 'init', [other])
    await runJson(home, 'import', [other, 'out.zip'], folder)
    const labels = async (path: string) => {
      const { images } = await runJson(home, 'images', [path])
      return Object.fromEntries(images.map((image) => [image.sha256, [image.class, image.split]]))
    }
    expect(await labels(other)).toEqual(await labels(project))
  }, 120_000)

  it('write labels without images, which an empty project reads the same', async () => {
    const arguments_ = ['export-dataset', project, '--labels-only', '--json']
    const written = await runCli(home, [...arguments_, '--format', 'coco', '--out', 'labels'], folder)
    expect(written, written.stderr).toMatchObject({ status: 0 })
    expect(JSON.parse(written.stdout)).toMatchObject({ files: 1, skipped: [] })
    expect(readdirSync(join(folder, 'labels'))).toEqual(['annotations.json'])
    const other = join(folder, 'c.thaw')
    await runJson(home, 'init', [other])
    expect(await runJson(home, 'import', [other, 'labels'], folder)).toMatchObject({ imported: 3 })
    expect(await runJson(home, 'stats', [other])).toMatchObject({
      labelled: 3,
      splits: { train: 2, test: 1 },
    })
    for (const [format, out] of [
      ['folder', 'x'],
      ['csv', 'x.zip'],
    ] as const) {
      expectFailure(
        await runCli(home, [...arguments_, '--format', format, '--out', out], folder),
        2,
        /'--format' csv, coco, label-studio, and a folder as '--out'; received/,
      )
    }
  }, 120_000)

  it('list the formats that there are', async () => {
    expectFailure(
      await runCli(home, ['import', project, 'data', '--format', 'xml'], folder),
      2,
      /cifar100, label-studio/,
    )
    expectFailure(
      await runCli(home, ['export-dataset', project, '--format', 'xml', '--out', 'x'], folder),
      2,
      /folder, csv, coco, label-studio, zip/,
    )
    expectFailure(
      await runCli(home, ['import', project, 'data/1.jpg'], folder),
      1,
      /no data set that is known/,
    )
  }, 120_000)
})

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import * as yauzl from 'yauzl'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exportFormats, labelsOnlyFormats, type ExportFormat } from '../../../src/contract/entities.ts'
import type { RequestInput } from '../../../src/contract/requests/index.ts'
import { jpeg } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from '../importers/import-bench.ts'

let bench: ImportBench
let out: string

/** Class and split by the bytes of each image. */
async function labelsByHash(projectId: string): Promise<Record<string, [string | null, string | null]>> {
  const { request } = bench.test.core
  const { classes } = await request('classes.list', { projectId })
  const names = new Map(classes.map(({ id, name }) => [id, name]))
  const { ids } = await request('images.ids', { projectId })
  const { images } = await request('images.get', { projectId, ids })
  return Object.fromEntries(
    images.map(({ sha256, classId, split }) => [sha256, [names.get(classId ?? -1) ?? null, split]]),
  )
}

beforeEach(async () => {
  bench = await createImportBench()
  out = join(bench.test.folder, 'out')
  const rows = [
    ['a/1.jpg', 'ants', 'train'],
    ['b/1.jpg', 'ants', 'train'],
    ['b/2.jpg', 'bees, "wild"', 'validation'],
    ['b/蜂=1.jpg', '蜜蜂', 'test'],
    ['=cmd.jpg', '=1+1', ''],
    ['loose.jpg', '', 'train'],
    ['nothing.jpg', '', ''],
  ] as const
  for (const [index, [path]] of rows.entries()) bench.put(path, await jpeg(index))
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`
  const csv = ['path,class,split', ...rows.map((row) => row.map(field).join(','))].join('\n')
  await bench.importAll(bench.put('list.csv', csv))
})
afterEach(() => bench.test.dispose())

type Options = Partial<RequestInput<'images.export'>>

const write = (format: ExportFormat, outPath: string, options: Options = {}) =>
  bench.test.core.request('images.export', { projectId: bench.projectId, format, outPath, ...options })

/** Imports what was written into an empty project. */
async function readBack(source: string) {
  const { request } = bench.test.core
  const path = join(bench.test.folder, `${crypto.randomUUID()}.thaw`)
  const { id: projectId } = await request('projects.create', { path })
  const { jobId } = await request('images.import', { projectId, source })
  const report = await request('images.importReport', { projectId, jobId })
  return { report, labels: await labelsByHash(projectId) }
}

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

describe('images.export', () => {
  it.each(exportFormats)('as %s comes back with the same labels and splits', async (format) => {
    const target = format === 'zip' ? `${out}.zip` : out
    const written = await write(format, target, { unlabelled: true })
    expect(written).toMatchObject({ skipped: [] })
    const { report, labels } = await readBack(target)
    expect(report).toMatchObject({ found: 7, imported: 7 })
    const before = await labelsByHash(bench.projectId)
    // A class whose name no file system takes is told of.
    const renamed = new Map(written.renamed.map((one) => [one.folder, one.class]))
    const named = Object.fromEntries(
      Object.entries(labels).map(([hash, [name, split]]) => [
        hash,
        [name === null ? null : (renamed.get(name) ?? name), split],
      ]),
    )
    expect(named).toEqual(before)
  })

  it.each(['csv', 'coco', 'label-studio'] as const)('as %s in one archive comes back too', async (format) => {
    await write(format, `${out}.zip`, { unlabelled: true })
    expect((await readBack(`${out}.zip`)).labels).toEqual(await labelsByHash(bench.projectId))
  })

  it('lays class folders below split folders, without two files of one name', async () => {
    const written = await write('folder', out)
    expect(files(out)).toEqual([
      'test/蜜蜂/蜂=1.jpg',
      'train/ants/1-2.jpg',
      'train/ants/1.jpg',
      'unassigned/=1+1/=cmd.jpg',
      'validation/bees, _wild_/2.jpg',
    ])
    expect(written.renamed).toEqual([{ class: 'bees, "wild"', folder: 'bees, _wild_' }])
    expect(written.bytes).toBe(
      files(out).reduce((sum, name) => sum + readFileSync(join(out, name)).length, 0),
    )
  })

  it('lists path, class, split and hash; for a spreadsheet without formulas, which comes back the same', async () => {
    await write('csv', out, { spreadsheetSafe: true })
    const [header, first] = readFileSync(join(out, 'labels.csv'), 'utf8').split('\r\n')
    expect(header).toBe('\uFEFFpath,class,split,sha256')
    expect(first).toMatch(/^images\/=cmd\.jpg,'=1\+1,,[0-9a-f]{64}$/)
    const { labels } = await readBack(out)
    const before = Object.entries(await labelsByHash(bench.projectId))
    expect(labels).toEqual(Object.fromEntries(before.filter(([, [name]]) => name !== null)))
  })

  it('writes an archive that other readers take', async () => {
    await write('zip', `${out}.zip`)
    const names = await new Promise<string[]>((resolve, reject) => {
      yauzl.open(`${out}.zip`, (error, archive) => {
        if (error) return reject(error)
        const found: string[] = []
        archive.on('entry', (entry: yauzl.Entry) => found.push(entry.fileName))
        archive.on('end', () => resolve(found.sort()))
        archive.on('error', reject)
      })
    })
    expect(names).toContain('train/ants/1-2.jpg')
    expect(names).toHaveLength(5)
  })

  it('overwrites nothing, leaves nothing half, and names what is missing', async () => {
    mkdirSync(out)
    await write('folder', out)
    await expect(write('folder', out)).rejects.toMatchObject({ code: 'target-exists' })
    writeFileSync(`${out}.zip`, 'mine')
    await expect(write('zip', `${out}.zip`)).rejects.toMatchObject({ code: 'target-exists' })
    rmSync(out, { recursive: true })
    rmSync(join(bench.folder, 'a/1.jpg'))
    expect(await write('csv', out)).toMatchObject({
      files: 5,
      skipped: [{ path: join(bench.folder, 'a/1.jpg'), reason: 'not-found' }],
    })
    for (const name of ['b/1.jpg', 'b/2.jpg', 'b/蜂=1.jpg', '=cmd.jpg']) rmSync(join(bench.folder, name))
    await expect(write('csv', `${out}-2`)).rejects.toMatchObject({ code: 'no-images' })
    expect(existsSync(`${out}-2`)).toBe(false)
    expect(readdirSync(bench.test.folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('stops when cancelled, and leaves nothing behind', async () => {
    for (let index = 0; index < 300; index += 1) bench.put(`many/ants/${index}.jpg`, await jpeg(100 + index))
    await bench.importAll(join(bench.folder, 'many'))
    const { request } = bench.test.core
    const { projectId } = bench
    const written = write('zip', `${out}.zip`)
    const [job] = (await request('jobs.list', { projectId })).jobs.filter(({ kind }) => kind === 'export')
    await request('jobs.cancel', { projectId, jobId: job?.id ?? '' })
    await expect(written).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(bench.test.folder).filter((name) => name.startsWith('out'))).toEqual([])
  })

  it('has ended, and left nothing behind, when its project is closed', async () => {
    for (let index = 0; index < 60; index += 1) bench.put(`many/ants/${index}.jpg`, await jpeg(100 + index))
    await bench.importAll(join(bench.folder, 'many'))
    const written = write('folder', out).catch((error: unknown) => error)
    await vi.waitFor(() => expect(readdirSync(bench.test.folder).join()).toContain('.partial'), {
      interval: 1,
    })
    await bench.test.core.request('projects.close', { projectId: bench.projectId })
    expect(readdirSync(bench.test.folder).filter((name) => name.startsWith('out'))).toEqual([])
    expect(await written).toMatchObject({ code: 'cancelled' })
  })
})

describe('images.export of labels only', () => {
  const alone = (format: ExportFormat, options: Options = {}) =>
    write(format, out, { labelsOnly: true, ...options })

  it.each(labelsOnlyFormats)(
    'as %s copies nothing, and brings back the same labels and splits',
    async (format) => {
      const written = await alone(format, { unlabelled: true })
      const lists = {
        csv: ['labels.csv'],
        coco: ['annotations.json'],
        'label-studio': ['label-studio.json', 'labelling.xml'],
      }
      expect(files(out)).toEqual(lists[format])
      expect(written).toMatchObject({ files: lists[format].length, skipped: [], renamed: [] })
      expect(written.bytes).toBe(
        files(out).reduce((sum, name) => sum + readFileSync(join(out, name)).length, 0),
      )
      const { report, labels } = await readBack(out)
      expect(report).toMatchObject({ found: 7, imported: 7 })
      expect(labels).toEqual(await labelsByHash(bench.projectId))
    },
  )

  it.each(labelsOnlyFormats)('as %s is read from wherever the list was moved to', async (format) => {
    await alone(format)
    const moved = join(bench.test.folder, 'elsewhere/deep')
    mkdirSync(join(moved, '..'))
    renameSync(out, moved)
    const { report, labels } = await readBack(moved)
    expect(report).toMatchObject({ found: 5, imported: 5 })
    const before = Object.entries(await labelsByHash(bench.projectId))
    expect(labels).toEqual(Object.fromEntries(before.filter(([, [name]]) => name !== null)))
  })

  it.skipIf(sep === '\\').each(labelsOnlyFormats)(
    'as %s keeps names that are written otherwise elsewhere',
    async (format) => {
      bench.put('odd/100% & a+b #1?.jpg', await jpeg(50))
      bench.put('odd/back\\slash, "quoted".jpg', await jpeg(51))
      await bench.importAll(join(bench.folder, 'odd'), { labels: 'folder' })
      await alone(format, { unlabelled: true })
      expect((await readBack(out)).labels).toEqual(await labelsByHash(bench.projectId))
    },
  )

  it('names the file that was imported, or the copy in the project where that is gone or another', async () => {
    bench.put('copied/ants/kept.jpg', await jpeg(60))
    const gone = bench.put('copied/ants/gone.jpg', await jpeg(61))
    const changed = bench.put('copied/ants/changed.jpg', await jpeg(62))
    await bench.importAll(join(bench.folder, 'copied'), { storage: 'copy' })
    rmSync(gone)
    writeFileSync(changed, await jpeg(63, 60, 60))
    await alone('coco')
    const { images } = JSON.parse(readFileSync(join(out, 'annotations.json'), 'utf8')) as {
      images: { file_name: string }[]
    }
    const names = images.map(({ file_name: name }) => name)
    expect(names).toContain(join(bench.folder, 'copied/ants/kept.jpg'))
    expect(names.filter((name) => name.startsWith(join(bench.project, 'media')))).toHaveLength(2)
    expect((await readBack(out)).labels).toEqual(
      Object.fromEntries(
        Object.entries(await labelsByHash(bench.projectId)).filter(([, [name]]) => name !== null),
      ),
    )
  })

  it('keeps the labels of images whose files are gone', async () => {
    rmSync(join(bench.folder, 'a/1.jpg'))
    expect(await alone('csv')).toMatchObject({ files: 1, skipped: [] })
    expect(readFileSync(join(out, 'labels.csv'), 'utf8')).toContain(
      `${join(bench.folder, 'a/1.jpg')},ants,train,`,
    )
  })

  it('is refused where a format has no labels of its own, and into archives', async () => {
    const wanted = /csv, coco, label-studio, into a folder; received/
    for (const [format, path] of [
      ['folder', out],
      ['zip', `${out}.zip`],
      ['coco', `${out}.ZIP`],
    ] as const) {
      await expect(write(format, path, { labelsOnly: true })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(wanted) as string,
      })
    }
    expect(readdirSync(bench.test.folder).filter((name) => name.startsWith('out'))).toEqual([])
  })
})

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { writeZip } from '../../fixtures/zip.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

let bench: ImportBench
let other: string
beforeEach(async () => {
  bench = await createImportBench()
  mkdirSync(bench.folder)
  other = join(bench.folder, 'other.thaw')
  const { request } = bench.test.core
  const { id: projectId } = await request('projects.create', { path: other })
  const importInto = async (source: string, storage: 'link' | 'copy') => {
    const { jobId } = await request('images.import', { projectId, source, storage })
    await request('images.importReport', { projectId, jobId })
  }
  bench.put('copied/train/ants/1.jpg', await jpeg(1))
  bench.put('copied/test/bees/2.jpg', await jpeg(2))
  await importInto(join(bench.folder, 'copied'), 'copy')
  bench.put('linked/loose.jpg', await jpeg(3))
  bench.put('linked/bees/gone.jpg', await jpeg(4))
  await importInto(join(bench.folder, 'linked'), 'link')
  await importInto(await writeZip(join(bench.folder, 'a.zip'), [['wasps/5.jpg', await jpeg(5)]]), 'link')
  const { ids } = await request('images.ids', { projectId })
  const [first] = (await request('images.get', { projectId, ids })).images
  expect(first?.relativePath).toBe('bees/gone.jpg')
  await request('projects.close', { projectId })
  rmSync(join(bench.folder, 'copied'), { recursive: true })
  rmSync(join(bench.folder, 'linked/bees/gone.jpg'))
  const moved = join(bench.folder, 'moved.thaw')
  renameSync(other, moved)
  other = moved
})
afterEach(() => bench.test.dispose())

describe('another project', () => {
  it('gives its images with labels and splits, from its copies and from where it moved to', async () => {
    expect(await bench.preview(other)).toMatchObject({ format: 'project', files: 4, skippedFiles: 1 })
    const report = await bench.importAll(other)
    expect(report).toMatchObject({ found: 5, imported: 4 })
    expect(bench.skippedOf(report)).toEqual([['linked/bees/gone.jpg', 'not-found']])
    expect(await bench.labels()).toEqual([
      ['loose.jpg', null, null],
      ['test/bees/2.jpg', 'bees', 'test'],
      ['train/ants/1.jpg', 'ants', 'train'],
      ['wasps/5.jpg', 'wasps', null],
    ])
    expect(await bench.importAll(other)).toMatchObject({ imported: 0, duplicates: 4 })
    expect(await bench.importAll(other, { storage: 'copy' })).toMatchObject({ imported: 0 })
  })

  it('is read while it is open elsewhere, and never itself', async () => {
    const { id } = await bench.test.core.request('projects.open', { path: other })
    expect(await bench.importAll(other, { labels: 'none', splitFrom: 'none' })).toMatchObject({ imported: 4 })
    expect((await bench.labels()).every(([, name, split]) => name === null && split === null)).toBe(true)
    await bench.test.core.request('projects.close', { projectId: id })
    await expect(bench.importAll(bench.project)).rejects.toMatchObject({ code: 'import-invalid' })
    await expect(bench.preview(bench.folder, { format: 'project' })).rejects.toMatchObject({
      code: 'import-format-unknown',
    })
  })
})

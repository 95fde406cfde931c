import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg, picture } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

/** By Label Studio 1.23.2 itself: scripts/label-studio/export-fixture.py. */
const exported = (name: string) =>
  readFileSync(new URL(`../../fixtures/label-studio/${name}`, import.meta.url), 'utf8')

const uploaded = {
  'ant 1.jpg': 'ant',
  'ant-2.jpg': 'ant',
  'bee (1).jpg': 'bee',
  'bee_2.jpg': 'bee',
  'beetle.png': 'tiger "beetle" & co',
  'unlabelled.jpg': null,
  '蜜蜂 1.jpg': '蜜蜂',
}
const served = {
  'meadow/ant 3.jpg': 'ant',
  'meadow/bee+3.jpg': 'bee',
  'meadow/草地/蜜蜂 2.jpg': '蜜蜂',
}
/** Of JSON alone: JSON-MIN has no tasks that were only skipped. */
const skipped = { 'meadow/skipped.jpg': null }

let bench: ImportBench
beforeEach(async () => {
  bench = await createImportBench()
})
afterEach(() => bench.test.dispose())

/** The pictures as they were before they were uploaded or served. */
async function drawPictures() {
  const names = [...Object.keys(uploaded), ...Object.keys({ ...served, ...skipped }), 'meadow/unclear.jpg']
  for (const [index, name] of names.entries()) {
    const bytes = name.endsWith('png') ? await picture(index).png().toBuffer() : await jpeg(index)
    bench.put(name, bytes)
  }
}

const classes = async () =>
  Object.fromEntries((await bench.labels()).map(([path, className]) => [path, className]))

describe('an export made by Label Studio', () => {
  it.each([
    ['export.json', { ...uploaded, ...served, ...skipped }],
    ['export-min.json', { ...uploaded, ...served }],
  ])('%s comes in with the label of each picture', async (name, expected) => {
    await drawPictures()
    const file = bench.put(name, exported(name))
    const report = await bench.importAll(file)
    expect(report.imported).toBe(Object.keys(expected).length)
    expect(await classes()).toEqual(expected)
    // Two annotations that disagree are no label.
    expect(report.skipped).toMatchObject([
      { path: `${file}#11`, reason: 'unclear-label', detail: expect.stringMatching(/disagree/) as string },
    ])
  })

  it('comes in with the copies that Label Studio keeps of uploads', async () => {
    const tasks = JSON.parse(exported('export.json')) as { file_upload?: string }[]
    const copies = tasks.flatMap(({ file_upload: copy }) => copy ?? [])
    expect(copies).toHaveLength(Object.keys(uploaded).length)
    const folder = join(bench.folder, 'media/upload/1')
    mkdirSync(folder, { recursive: true })
    for (const [index, copy] of copies.entries()) writeFileSync(join(folder, copy), await jpeg(index))
    const report = await bench.importAll(bench.put('export.json', exported('export.json')))
    expect(report.imported).toBe(copies.length)
    expect(Object.values(await classes()).sort()).toEqual(Object.values(uploaded).sort())
    expect(dirname((await bench.images())[0]?.path as string)).toBe(folder)
  })
})

import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg, orientedJpeg } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

let bench: ImportBench
beforeEach(async () => {
  bench = await createImportBench()
})
afterEach(() => bench.test.dispose())

const categories = [
  { id: 1, name: 'ants' },
  { id: 7, name: 'bees' },
]

const annotation = (id: number, imageId: number, categoryId: number, bbox?: number[]) => ({
  id,
  image_id: imageId,
  category_id: categoryId,
  ...(bbox ? { bbox } : {}),
})

describe('JSON of COCO', () => {
  it('gives one category an image, finds images beside it, and names what is unclear', async () => {
    for (const [index, path] of ['images/a.jpg', 'images/b.jpg', 'other/c.jpg', 'both.jpg'].entries()) {
      bench.put(path, await jpeg(index))
    }
    const file = bench.put(
      'annotations.json',
      JSON.stringify({
        info: {},
        images: [
          { id: 1, file_name: 'a.jpg', width: 48, height: 32, split: 'train' },
          { id: 2, file_name: 'images/b.jpg', split: 'validation' },
          { id: 3, file_name: 'somewhere/else/c.jpg' },
          { id: 4, file_name: 'both.jpg' },
          { id: 5, file_name: 'gone.jpg' },
        ],
        annotations: [
          annotation(1, 1, 1),
          annotation(2, 1, 1, [1, 1, 5, 5]),
          annotation(3, 2, 7),
          annotation(4, 4, 1),
          annotation(5, 4, 7),
          annotation(6, 5, 7),
        ],
        categories,
      }),
    )
    expect(await bench.preview(bench.folder)).toMatchObject({
      format: 'coco',
      files: 3,
      boxes: 1,
      unpacks: false,
      skippedFiles: 2,
    })
    const report = await bench.importAll(file)
    expect(report).toMatchObject({ found: 5, imported: 3 })
    expect(bench.skippedOf(report)).toEqual([
      ['annotations.json#4', 'unclear-label'],
      ['gone.jpg', 'not-found'],
    ])
    expect(await bench.labels()).toEqual([
      ['images/a.jpg', 'ants', 'train'],
      ['images/b.jpg', 'bees', 'validation'],
      ['other/c.jpg', null, null],
    ])
    expect(await bench.importAll(bench.folder)).toMatchObject({ imported: 0, duplicates: 3 })
  })

  it('makes an image of each box where asked, once, as the image is seen', async () => {
    // Red on the left, blue on the right; stored turned by a quarter.
    bench.put('turned.jpg', await orientedJpeg(6))
    bench.put(
      'plain.png',
      await sharp(await orientedJpeg(1))
        .png()
        .toBuffer(),
    )
    bench.put('text.jpg', 'no picture')
    const file = bench.put(
      'instances.json',
      JSON.stringify({
        images: [
          { id: 1, file_name: 'turned.jpg', width: 60, height: 40 },
          { id: 2, file_name: 'plain.png', width: 60, height: 40 },
          { id: 3, file_name: 'text.jpg' },
        ],
        annotations: [
          annotation(1, 1, 1, [0, 0, 20, 30]),
          annotation(2, 1, 7, [40, 10, 100, 100]),
          annotation(3, 2, 7, [35.4, 0, 10, 10]),
          annotation(4, 2, 7, [3, 3, 0, 5]),
          annotation(5, 2, 7),
          annotation(6, 3, 7, [0, 0, 5, 5]),
        ],
        categories,
      }),
    )
    expect(await bench.preview(file, { crops: true })).toMatchObject({ files: 5, unpacks: true, boxes: 5 })
    const report = await bench.importAll(file, { crops: true })
    expect(report).toMatchObject({ found: 6, imported: 3 })
    expect(bench.skippedOf(report)).toEqual([
      ['instances.json#2/4', 'invalid-entry'],
      ['instances.json#2/5', 'invalid-entry'],
      ['text.jpg', 'not-an-image'],
    ])
    expect(await bench.labels()).toEqual([
      ['plain/3.png', 'bees', null],
      ['turned/1.png', 'ants', null],
      ['turned/2.png', 'bees', null],
    ])
    const rows = await bench.images()
    expect(rows.map(({ width, height }) => [width, height])).toEqual([
      [10, 10],
      [20, 30],
      [20, 30],
    ])
    const [, left, right] = await Promise.all(
      rows.map(async ({ path }) => (await sharp(path).stats()).dominant),
    )
    expect(left?.r).toBeGreaterThan(200)
    expect(right?.b).toBeGreaterThan(200)
    expect(rows.every(({ path }) => path.startsWith(join(bench.project, 'pictures')))).toBe(true)
    expect(await bench.importAll(file, { crops: true })).toMatchObject({ imported: 0, duplicates: 3 })
  })

  it('takes splits from the names of the published files and folders', async () => {
    bench.put('train2017/1.jpg', await jpeg(1))
    bench.put('val2017/2.jpg', await jpeg(2))
    for (const [subset, id] of [
      ['train2017', 1],
      ['val2017', 2],
    ] as const) {
      bench.put(
        `annotations/instances_${subset}.json`,
        JSON.stringify({
          images: [{ id, file_name: `${id}.jpg` }],
          annotations: [annotation(1, id, 1)],
          categories,
        }),
      )
    }
    await bench.importAll(bench.folder)
    expect((await bench.labels()).map(([, ...label]) => label)).toEqual([
      ['ants', 'train'],
      ['ants', 'validation'],
    ])
  })

  it('says what is wrong with the file', async () => {
    for (const [name, content, problem] of [
      ['other.json', '{"images": []}', /lists images, annotations and categories.*at annotations/],
      ['cut.json', '{"images": [', /is no JSON/],
    ] as const) {
      await expect(bench.importAll(bench.put(name, content))).rejects.toMatchObject({
        code: 'import-invalid',
        message: expect.stringMatching(problem) as string,
      })
    }
    const empty = bench.put(
      'empty.json',
      JSON.stringify({ images: [{ id: 1, file_name: 'x.jpg' }], annotations: [], categories }),
    )
    await expect(bench.importAll(empty)).rejects.toMatchObject({ code: 'no-images' })
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

let bench: ImportBench
beforeEach(async () => {
  bench = await createImportBench()
  for (const [index, name] of ['a.jpg', 'b b.jpg', 'c.jpg', 'd.jpg'].entries()) {
    bench.put(`images/${name}`, await jpeg(index))
  }
})
afterEach(() => bench.test.dispose())

const choice = (...choices: string[]) => ({
  from_name: 'choice',
  to_name: 'image',
  type: 'choices',
  value: { choices },
})

const expected = [
  ['images/a.jpg', 'ants', null],
  ['images/b b.jpg', 'bees', null],
  ['images/c.jpg', null, null],
  ['images/d.jpg', 'bees', 'test'],
]

describe('an export of Label Studio', () => {
  it('as JSON: by uploads, local files and addresses, with the choice of each task', async () => {
    const file = bench.put(
      'project-1-at-2024.json',
      JSON.stringify([
        {
          id: 1,
          data: { image: '/data/upload/1/0123abcd-a.jpg' },
          annotations: [{ result: [choice('ants')] }],
        },
        {
          id: 2,
          data: { text: 'wild', img: '/data/local-files/?d=some/folder/b%20b.jpg' },
          annotations: [
            { was_cancelled: true, result: [choice('ants')] },
            { was_cancelled: false, result: [choice('bees')] },
            { result: [choice('bees')] },
          ],
          predictions: [{ result: [choice('ants')] }],
        },
        { id: 3, data: { image: 'https://images.example.org/x/c.jpg?size=2' }, annotations: [] },
        {
          id: 4,
          data: { image: 's3://bucket/d.jpg', split: 'test' },
          annotations: [{ result: [choice('bees')] }],
        },
      ]),
    )
    expect(await bench.preview(file)).toMatchObject({ format: 'label-studio', files: 4, skippedFiles: 0 })
    expect(await bench.importAll(file)).toMatchObject({ found: 4, imported: 4, skipped: [] })
    expect(await bench.labels()).toEqual(expected)
  })

  it('as JSON-MIN: whatever the labelling calls image and choice', async () => {
    const file = bench.put(
      'min.json',
      JSON.stringify([
        {
          image: '/data/upload/1/0123abcd-a.jpg',
          id: 1,
          species: 'ants',
          annotator: 1,
          annotation_id: 1,
          created_at: '2024-01-01T00:00:00Z',
          lead_time: 1.5,
        },
        { image: 'images/b b.jpg', id: 2, species: { choices: ['bees'] }, annotator: 1 },
        { image: 'c.jpg', id: 3 },
        { image: 'd.jpg', id: 4, species: ['bees'], split: 'test' },
      ]),
    )
    await bench.importAll(file)
    expect(await bench.labels()).toEqual(expected)
  })

  it('names what is unclear, missing or no image', async () => {
    bench.put('more/c.jpg', await jpeg(9))
    const file = bench.put(
      'tasks.json',
      JSON.stringify([
        { id: 1, data: { image: 'a.jpg' }, annotations: [{ result: [choice('ants', 'bees')] }] },
        {
          id: 2,
          data: { image: 'b b.jpg' },
          annotations: [{ result: [choice('ants')] }, { result: [choice('bees')] }],
        },
        { id: 3, data: { text: 'words' }, annotations: [] },
        { id: 4, data: { image: 'data:image/png;base64,AAAA' }, annotations: [] },
        { id: 5, data: { image: 'elsewhere/c.jpg' }, annotations: [] },
        { id: 6, data: { image: 'gone.jpg' }, annotations: [] },
        { id: 7, data: { image: 'd.jpg' }, annotations: [{ result: [choice('bees')] }] },
      ]),
    )
    const report = await bench.importAll(file)
    expect(report).toMatchObject({ found: 7, imported: 1 })
    expect(bench.skippedOf(report)).toEqual([
      ['elsewhere/c.jpg', 'not-found'],
      ['gone.jpg', 'not-found'],
      ['tasks.json#1', 'unclear-label'],
      ['tasks.json#2', 'unclear-label'],
      ['tasks.json#3', 'invalid-entry'],
      ['tasks.json#4', 'invalid-entry'],
    ])
    expect(report.skipped[0]?.detail).toMatch(/2 files are called c\.jpg/)
    await expect(bench.importAll(bench.put('no-tasks.json', '[{"a": 1}]'))).rejects.toMatchObject({
      code: 'import-invalid',
    })
    await expect(bench.importAll(bench.put('away.json', '[{"image": "x.jpg"}]'))).rejects.toMatchObject({
      code: 'no-images',
    })
  })
})

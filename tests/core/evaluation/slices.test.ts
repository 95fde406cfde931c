import { afterEach, describe, expect, it } from 'vitest'
import type { Slice } from '../../../src/contract/evaluation.ts'
import { saveView } from '../../../src/core/views/views.ts'
import { openEvaluationBench, type EvaluationBench, type PredictedImage } from './evaluation-bench.ts'

const right = [0.9, 0.1]
const wrong = [0.1, 0.9]

/** By day 57 of 60 are right, at night 20 of 40; three more in a folder of their own. Index rises with brightness. */
const test: PredictedImage[] = [
  ...Array.from({ length: 40 }, (_, index) => ({
    name: `night/${index}.jpg`,
    truth: 0,
    probabilities: index % 2 === 0 ? right : wrong,
  })),
  ...Array.from({ length: 60 }, (_, index) => ({
    name: `day/${index}.jpg`,
    truth: 0,
    probabilities: index % 20 === 0 ? wrong : right,
  })),
  ...Array.from({ length: 3 }, (_, index) => ({ name: `few/${index}.jpg`, truth: 0, probabilities: right })),
]

let opened: EvaluationBench
const open = async () => (opened = await openEvaluationBench(['ant', 'bee'], { test }))
const slicesBy = async (by: Slice['by']) =>
  (await opened.ask('evaluation.slices', { split: 'test' })).slices.filter((slice) => slice.by === by)
afterEach(() => opened.bench.dispose())

describe('slices of a split', () => {
  it('by folder: a difference beyond noise is marked, the least accurate first, too small ones counted', async () => {
    await open()
    const { slices, tooSmall, fewest } = await opened.ask('evaluation.slices', { split: 'test' })
    expect({ tooSmall, fewest }).toEqual({ tooSmall: 1, fewest: 10 })
    const [night, day] = slices
    expect(night).toMatchObject({ by: 'folder', name: 'night', images: 40, accuracy: 0.5, differs: true })
    expect(night!.restAccuracy).toBeCloseTo(60 / 63, 12)
    expect(day).toMatchObject({ by: 'folder', name: 'day', images: 60, accuracy: 0.95, differs: true })
    expect(slices).toHaveLength(2)
  })

  it('by brightness in quarters, equal values together; what was never measured is in none', async () => {
    await open()
    const insert = opened.bench.project.database.prepare(
      `INSERT INTO image_measurements (image_id, version, perceptual_hash, brightness, contrast, sharpness, saturation)
       VALUES (?, 1, x'0000000000000000', ?, 0, 100, 0)`,
    )
    test
      .slice(0, 100)
      .forEach(({ name }, index) => insert.run(opened.ids.get(name), Math.floor(index / 20) / 5))
    const slices = (await slicesBy('brightness')).sort((a, b) => a.range![0] - b.range![0])
    expect(slices.map(({ range, images }) => [range, images])).toEqual([
      [[0, 0.2], 40],
      [[0.4, 0.4], 20],
      [[0.6, 0.6], 20],
      [[0.8, 0.8], 20],
    ])
    // Of one sharpness are all that were measured: a slice against the three others, which says nothing.
    expect((await slicesBy('sharpness')).map(({ images, differs }) => [images, differs])).toEqual([
      [100, false],
    ])
  })

  it('by saved view, and its images', async () => {
    await open()
    const { bench } = opened
    const view = saveView(bench.context, bench.project, {
      name: 'dark',
      filter: { text: 'night/' },
      sort: { by: 'path', descending: false },
      grouping: 'none',
    })
    expect(await slicesBy('view')).toMatchObject([{ name: 'dark', images: 40, key: String(view.id) }])
    const only = { wrong: true, slice: { by: 'view' as const, key: String(view.id) } }
    expect((await opened.ask('evaluation.images', { split: 'test', only })).total).toBe(20)
  })
})

describe('slices of a model that is equally good everywhere', () => {
  it('are hardly ever marked, however many there are', async () => {
    let state = 7
    const draw = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
    opened = await openEvaluationBench(['ant', 'bee'], {
      test: Array.from({ length: 2000 }, (_, index) => ({
        name: `folder-${index % 40}/${index}.jpg`,
        truth: 0,
        probabilities: draw() < 0.8 ? right : wrong,
      })),
    })
    const slices = await slicesBy('folder')
    expect(slices).toHaveLength(40)
    expect(slices.filter(({ differs }) => differs)).toEqual([])
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Of } from '../runs/runs-workbench.ts'
import { openEvaluationBench, type EvaluationBench } from './evaluation-bench.ts'

const classes = ['ant', 'bee', 'wasp']
const test = [
  { name: 'a/0.jpg', truth: 0, probabilities: [0.7, 0.2, 0.1] },
  { name: 'a/1.jpg', truth: 0, probabilities: [0.3, 0.6, 0.1] },
  { name: 'b/0.jpg', truth: 1, probabilities: [0.1, 0.8, 0.1] },
  { name: 'b/1.jpg', truth: 1, probabilities: [0.5, 0.5, 0] },
  { name: 'w/0.jpg', truth: 2, probabilities: [0.05, 0.9, 0.05] },
  { name: 'a/2.jpg', truth: 0, probabilities: [0.01, 0.98, 0.01] },
]

let opened: EvaluationBench
beforeEach(async () => (opened = await openEvaluationBench(classes, { test })))
afterEach(() => opened.bench.dispose())
const ask = (only: object, order: 'loss' | 'confidence' = 'confidence', page: object = {}) =>
  opened.ask('evaluation.images', { split: 'test', only, order, ...page })
const namesOf = (images: readonly { imageId: number | null }[]) =>
  images.map(({ imageId }) => [...opened.ids].find(([, id]) => id === imageId)?.[0])

describe('images with what a run said of them', () => {
  it('are those of a cell, as many as the matrix counts, the surest first', async () => {
    const { evaluation } = await opened.bench.runs.handlers['runs.evaluation']({
      projectId: opened.bench.project.id,
      runId: 'r1',
      split: 'test',
      bootstrap: false,
    })
    const { labels, matrix } = evaluation!.confusion
    for (const [row, truth] of labels.entries()) {
      for (const [column, predicted] of labels.entries()) {
        expect((await ask({ truth, predicted })).total).toBe(matrix[row]![column])
      }
    }
    const { images } = await ask({ truth: 'ant', predicted: 'bee' })
    expect(namesOf(images)).toEqual(['a/2.jpg', 'a/1.jpg'])
    expect(images[0]).toMatchObject({ truth: 'ant', predicted: 'bee', sha256: sha256Of('a/2.jpg') })
    expect(images[0]!.probability).toBeCloseTo(0.98, 6)
    expect(images[0]!.truthProbability).toBeCloseTo(0.01, 6)
  })

  it('are the mistakes, the surest or the costliest first, page by page', async () => {
    const surest = await ask({ wrong: true })
    expect(namesOf(surest.images)).toEqual(['a/2.jpg', 'w/0.jpg', 'a/1.jpg', 'b/1.jpg'])
    const costliest = await ask({}, 'loss', { limit: 3 })
    expect(costliest.total).toBe(6)
    expect(namesOf(costliest.images)).toEqual(['a/2.jpg', 'w/0.jpg', 'a/1.jpg'])
    expect(costliest.images[0]!.loss).toBeCloseTo(-Math.log(0.01), 5)
    expect(namesOf((await ask({}, 'loss', { offset: 3, limit: 1 })).images)).toEqual(['b/1.jpg'])
  })

  it('are those of a slice', async () => {
    const { images } = await ask({ wrong: true, slice: { by: 'folder', key: 'a' } })
    expect(namesOf(images)).toEqual(['a/2.jpg', 'a/1.jpg'])
    expect((await ask({ slice: { by: 'view', key: '99' } })).total).toBe(0)
  })

  it('keep one that has left the project, without its id', async () => {
    opened.bench.project.database
      .prepare("UPDATE images SET removed_at = 1, removed_by = 'person' WHERE id = ?")
      .run(opened.ids.get('a/2.jpg'))
    const { images } = await ask({ truth: 'ant', predicted: 'bee' })
    expect(images[0]).toMatchObject({ imageId: null, sha256: sha256Of('a/2.jpg') })
  })

  it('are refused for a class that the run has not, naming those it has', async () => {
    await expect(ask({ truth: 'fly' })).rejects.toThrow(/'fly'.*ant, bee, wasp/)
  })
})

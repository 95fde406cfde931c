import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import { readPredictions, storePredictions } from '../../../src/core/evaluation/stored-predictions.ts'
import {
  addImages,
  imagesOf,
  openRunsWorkbench,
  sha256Of,
  type RunsWorkbench,
} from '../runs/runs-workbench.ts'

/** truth -> probabilities of ant, bee, wasp */
const rows: [string, number, number[]][] = [
  ['ant/0.jpg', 0, [0.7, 0.2, 0.1]],
  ['ant/1.jpg', 0, [0.3, 0.6, 0.1]],
  ['bee/0.jpg', 1, [0.1, 0.8, 0.1]],
  ['bee/1.jpg', 1, [0.5, 0.5, 0]],
  ['wasp/0.jpg', 2, [0.05, 0.9, 0.05]],
  ['ant/2.jpg', 0, [0.01, 0.98, 0.01]],
]
const predictions = {
  hashes: rows.map(([name]) => sha256Of(name)),
  truths: Int32Array.from(rows, ([, truth]) => truth),
  probabilities: Float32Array.from(rows.flatMap(([, , values]) => values)),
}

let bench: RunsWorkbench
let where: { projectId: string; runId: string; split: 'test' }
beforeEach(async () => {
  bench = openRunsWorkbench('talkative')
  addImages(bench.project, imagesOf(['ant', 'bee', 'wasp'], 6))
  const plan = trainPlanSchema.parse({})
  const { run } = await bench.runs.handlers['runs.start']({ projectId: bench.project.id, plan })
  await bench.runs.handlers['runs.wait']({ projectId: bench.project.id, runId: run.id })
  where = { projectId: bench.project.id, runId: run.id, split: 'test' }
  storePredictions(bench.project, 1, 'test', predictions)
})
afterEach(() => bench.dispose())

describe('stored predictions', () => {
  it('come back as they were, bit for bit', () => {
    expect(readPredictions(bench.project, 1, 'test')).toEqual(predictions)
    expect(readPredictions(bench.project, 1, 'validation')).toBeNull()
  })

  it('are scored by runs.evaluation', async () => {
    const { evaluation } = await bench.runs.handlers['runs.evaluation']({ ...where, bootstrap: false })
    expect(evaluation).toMatchObject({
      split: 'test',
      support: 6,
      confusion: {
        labels: ['ant', 'bee', 'wasp'],
        matrix: [
          [1, 2, 0],
          [1, 1, 0],
          [0, 1, 0],
        ],
      },
    })
    expect(evaluation!.accuracy).toBeCloseTo(2 / 6, 12)
    const loss =
      -(Math.log(0.7) + Math.log(0.3) + Math.log(0.8) + Math.log(0.5) + Math.log(0.05) + Math.log(0.01)) / 6
    expect(evaluation!.loss).toBeCloseTo(loss, 6)
    const none = await bench.runs.handlers['runs.evaluation']({
      ...where,
      split: 'validation',
      bootstrap: true,
    })
    expect(none.evaluation).toBeNull()
  })

  it('get their intervals by bootstrap where those are asked for, and keep them', async () => {
    const ask = (bootstrap: boolean) => bench.runs.handlers['runs.evaluation']({ ...where, bootstrap })
    const intervalsOf = async (bootstrap: boolean) =>
      (await ask(bootstrap)).evaluation!.metrics.map(({ interval95 }) => interval95)
    expect((await intervalsOf(false)).every((interval) => interval === null)).toBe(true)
    const intervals = await intervalsOf(true)
    expect(intervals.every((interval) => interval !== null)).toBe(true)
    expect(await intervalsOf(false)).toEqual(intervals)
  })
})

describe('a run without a model', () => {
  it('predicts and evaluates nothing', async () => {
    const { projectId, runId } = where
    await expect(
      bench.runs.handlers['runs.predict']({ projectId, runId, paths: ['.'], top: 1 }),
    ).rejects.toMatchObject({ code: 'run-has-no-model', message: expect.stringContaining('failed') })
    await expect(bench.runs.handlers['runs.evaluate'](where)).rejects.toMatchObject({
      code: 'run-has-no-model',
    })
  })
})

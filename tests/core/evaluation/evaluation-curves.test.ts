import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { goldenPredictions, goldenStatistics } from '../../metrics/golden-predictions.ts'
import { openEvaluationBench, type EvaluationBench, type PredictedImage } from './evaluation-bench.ts'

const { probabilities, labels, predicted } = goldenPredictions()
const classes = ['ant', 'bee', 'fly', 'wasp']
const golden: PredictedImage[] = Array.from(labels, (truth, row) => ({
  name: `${row}.jpg`,
  truth,
  probabilities: [...probabilities.subarray(row * 4, row * 4 + 4)],
}))

let opened: EvaluationBench
beforeEach(async () => (opened = await openEvaluationBench(classes, { validation: golden, test: golden })))
afterEach(() => opened.bench.dispose())
const where = { split: 'test' as const }

describe('curves of a run', () => {
  it('are the averages and those of the classes asked for, with their areas', async () => {
    const { curves } = await opened.ask('evaluation.curves', { ...where, classes: ['fly'] })
    expect(curves!.map(({ class: name, average }) => name ?? average)).toEqual(['macro', 'micro', 'fly'])
    expect(curves![1]!.roc.area).toBeCloseTo(goldenStatistics.micro.rocAuc, 6)
    expect(curves![2]!.precisionRecall.area).toBeCloseTo(goldenStatistics.perClass[2]!.averagePrecision, 6)
    expect(curves![1]!.prevalence).toBe(0.25)
    expect(curves!.every(({ roc }) => roc.x.length <= 160)).toBe(true)
  })

  it('are none where the run has no predictions of that split', async () => {
    expect(await opened.ask('evaluation.curves', { split: 'train', classes: [] })).toEqual({ curves: null })
  })
})

describe('calibration of a run', () => {
  it('tells the error and the loss before and after its temperature', async () => {
    const { before, after } = await opened.ask('evaluation.calibration', {
      ...where,
      bins: 10,
      equal: 'mass',
    })
    expect(before!.loss).toBeCloseTo(goldenStatistics.lossBefore, 6)
    expect(after!.loss).toBeCloseTo(goldenStatistics.lossAfter, 6)
    expect(after!.accuracy).toBe(before!.accuracy)
    expect(before!.bins.flatMap(({ accuracy }) => accuracy ?? [])).toEqual(
      goldenStatistics.bins.mass.accuracies.map((value) => expect.closeTo(value, 10)),
    )
  })
})

describe('a threshold of a run', () => {
  const right = Array.from(labels, (label, row) => predicted[row] === label)
  const confidences = Array.from(predicted, (index, row) => probabilities[row * 4 + index]!)

  it('answers what is as sure, and is right for what the curve says', async () => {
    const { curve } = await opened.ask('evaluation.rejection', { ...where, calibrated: false })
    for (const { threshold, coverage, accuracy } of [curve!.points[5]!, curve!.points.at(-1)!]) {
      const accepted = confidences.flatMap((value, row) => (value >= threshold ? [row] : []))
      expect(coverage).toBeCloseTo(accepted.length / 60, 12)
      expect(accuracy).toBeCloseTo(accepted.filter((row) => right[row]).length / accepted.length, 12)
    }
  })

  it('may be another for single predicted classes', async () => {
    const rule = { threshold: 0.5, byClass: { fly: 0.9 }, calibrated: false }
    const { acceptance } = await opened.ask('evaluation.acceptance', { ...where, rule })
    const accepted = confidences.flatMap((value, row) =>
      value >= (predicted[row] === 2 ? 0.9 : 0.5) ? [row] : [],
    )
    const mistakes = right.filter((isRight) => !isRight).length
    const kept = accepted.filter((row) => !right[row]).length
    expect(acceptance).toMatchObject({
      images: 60,
      accepted: accepted.length,
      correct: accepted.length - kept,
      mistakes: { rejected: mistakes - kept, total: mistakes },
    })
    expect(acceptance!.byClass[2]!.predicted).toBe(predicted.filter((index) => index === 2).length)
  })

  it('holds for calibrated probabilities where it says so', async () => {
    const rule = { threshold: 0.6, byClass: {}, calibrated: true }
    const { acceptance } = await opened.ask('evaluation.acceptance', { ...where, rule })
    const raw = await opened.ask('evaluation.acceptance', { ...where, rule: { ...rule, calibrated: false } })
    // The temperature is below 1: the same predictions become surer.
    expect(goldenStatistics.temperature).toBeLessThan(1)
    expect(acceptance!.accepted).toBeGreaterThan(raw.acceptance!.accepted)
  })
})

import { describe, expect, test } from 'vitest'
import type { MetricRow } from '../../../src/contract/entities.ts'
import {
  createRunCurves,
  curveOf,
  epochLosses,
  epochRows,
  phaseStarts,
  takeAnswer,
  takeRows,
} from '../../../src/renderer/src/stores/run-curves.ts'

const row = (seq: number, name = 'batch/loss', epoch = seq / 10): MetricRow => ({
  seq,
  step: seq,
  epoch,
  name,
  value: 100 - seq,
})
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => row(from + index))

describe('a resumption', () => {
  const resumed = (seq: number, epoch: number): MetricRow => ({
    seq,
    step: 0,
    epoch,
    name: 'resumed',
    value: epoch,
  })

  test('takes back the epochs that are trained again, in every curve', () => {
    const curves = createRunCurves()
    takeRows(curves, [
      row(0, 'train/loss', 1),
      row(1, 'batch/loss', 1.5),
      row(2, 'train/loss', 2),
      row(3, 'batch/loss', 2.5),
      row(4, 'train/loss', 3),
    ])
    takeRows(curves, [resumed(5, 2), row(6, 'batch/loss', 2.25), row(7, 'train/loss', 3)])
    expect(curveOf(curves, 'train/loss')).toEqual({
      steps: [0, 2, 7],
      epochs: [1, 2, 3],
      values: [100, 98, 93],
    })
    expect(curveOf(curves, 'batch/loss').epochs).toEqual([1.5, 2.25])
    expect(epochRows(curves).map(({ epoch, loss }) => [epoch, loss])).toEqual([
      [1, 100],
      [2, 98],
      [3, 93],
    ])
  })

  test('from the beginning takes back everything', () => {
    const curves = createRunCurves()
    takeRows(curves, [...rows(0, 3).map((each) => ({ ...each, epoch: each.epoch + 0.1 })), resumed(4, 0)])
    expect(curveOf(curves, 'batch/loss').values).toEqual([])
  })

  test('of a run that is read anew, whose rows were taken back before, changes nothing', () => {
    const curves = createRunCurves()
    takeAnswer(curves, [row(0, 'train/loss', 1), resumed(5, 1), row(6, 'train/loss', 2)])
    expect(curveOf(curves, 'train/loss').epochs).toEqual([1, 2])
  })
})

describe('rows that are published', () => {
  test('append in order, and a second time change nothing', () => {
    const curves = createRunCurves()
    expect(takeRows(curves, rows(0, 4))).toEqual({ added: 5, gap: false })
    expect(takeRows(curves, rows(2, 6))).toEqual({ added: 2, gap: false })
    expect(takeRows(curves, rows(0, 6))).toEqual({ added: 0, gap: false })
    expect(curveOf(curves, 'batch/loss').steps).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(curves.lastSeq).toBe(6)
  })

  test('that come early wait for those before them', () => {
    const curves = createRunCurves()
    takeRows(curves, rows(0, 1))
    expect(takeRows(curves, [row(4), row(3)])).toEqual({ added: 0, gap: true })
    expect(curveOf(curves, 'batch/loss').steps).toEqual([0, 1])
    expect(takeRows(curves, [row(2)])).toEqual({ added: 3, gap: false })
    expect(curveOf(curves, 'batch/loss').steps).toEqual([0, 1, 2, 3, 4])
    expect(curves.early.size).toBe(0)
  })

  test('in any order end as the same curves', () => {
    const inOrder = createRunCurves()
    takeRows(inOrder, rows(0, 40))
    const shuffled = createRunCurves()
    for (let seq = 0; seq <= 40; seq += 1) takeRows(shuffled, [row((seq * 17) % 41)])
    expect(curveOf(shuffled, 'batch/loss')).toEqual(curveOf(inOrder, 'batch/loss'))
  })
})

describe('the answer to a catching up', () => {
  test('fills a gap, with the rows that came meanwhile after it', () => {
    const curves = createRunCurves()
    takeRows(curves, rows(0, 9))
    expect(takeRows(curves, rows(20, 24)).gap).toBe(true)
    expect(takeAnswer(curves, rows(10, 21))).toEqual({ added: 15, gap: false })
    expect(curveOf(curves, 'batch/loss').steps).toEqual(rows(0, 24).map(({ seq }) => seq))
  })

  test('that ends before an early row leaves a gap to ask for again', () => {
    const curves = createRunCurves()
    takeRows(curves, [row(8)])
    expect(takeAnswer(curves, rows(0, 5))).toEqual({ added: 6, gap: true })
    expect(curves.lastSeq).toBe(5)
    expect(takeAnswer(curves, rows(6, 8))).toEqual({ added: 3, gap: false })
  })

  test('that leaves numbers out is believed', () => {
    const curves = createRunCurves()
    expect(takeAnswer(curves, [row(7), row(3)])).toEqual({ added: 2, gap: false })
    expect(curves.lastSeq).toBe(7)
    expect(takeRows(curves, [row(8)])).toEqual({ added: 1, gap: false })
    expect(curveOf(curves, 'batch/loss').steps).toEqual([3, 7, 8])
  })

  test('of an old run, and the same rows watched live, are the same', () => {
    const old = createRunCurves()
    takeAnswer(old, rows(0, 99))
    const live = createRunCurves()
    takeAnswer(live, rows(0, 30))
    for (let from = 31; from < 99; from += 3) takeRows(live, rows(from, Math.min(99, from + 2)))
    expect(live.byName).toEqual(old.byName)
  })
})

test('epochs are put together from their curves, with what is missing null', () => {
  const curves = createRunCurves()
  takeRows(curves, [
    { seq: 0, step: 8, epoch: 1, name: 'train/loss', value: 0.7 },
    { seq: 1, step: 8, epoch: 1, name: 'validation/accuracy', value: 0.5 },
    { seq: 2, step: 16, epoch: 2, name: 'train/loss', value: 0.4 },
    { seq: 3, step: 17, epoch: 2.1, name: 'batch/loss', value: 0.3 },
  ])
  expect(epochRows(curves).map(({ epoch, loss, valAccuracy }) => [epoch, loss, valAccuracy])).toEqual([
    [1, 0.7, 0.5],
    [2, 0.4, null],
  ])
  expect(epochRows(undefined)).toEqual([])
})

describe('phases', () => {
  const at = (seq: number, name: string, epoch: number, value: number): MetricRow => ({
    seq,
    step: seq,
    epoch,
    name,
    value,
  })
  const curves = createRunCurves()
  takeAnswer(curves, [
    at(0, 'phase', 0, 1),
    at(1, 'train/loss', 1, 0.9),
    at(2, 'validation/loss', 1, 1),
    at(3, 'phase', 1, 2),
    at(4, 'train/loss', 2, 0.7),
    at(5, 'resumed', 2, 2),
    at(6, 'phase', 2, 2),
    at(7, 'train/loss', 3, 0.5),
    at(8, 'validation/loss', 3, 0.6),
  ])

  test('begin once, also where a resumed run begins one again', () => {
    expect(phaseStarts(curves)).toEqual([
      { phase: 1, epoch: 0 },
      { phase: 2, epoch: 1 },
    ])
    expect(phaseStarts(undefined)).toEqual([])
  })

  test('have their own losses', () => {
    expect(epochLosses(curves, 1)).toEqual([
      { epoch: 2, train: 0.7, validation: null },
      { epoch: 3, train: 0.5, validation: 0.6 },
    ])
    expect(epochLosses(curves)).toHaveLength(3)
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  bootstrapIntervals,
  evaluationAccumulators,
  makePredictions,
  mcnemarTest,
  reliability,
} from '../../src/metrics/index.ts'
import { averagePrecisionOf } from '../../src/metrics/average-precision.ts'
import { evaluationMetrics, type EvaluationMetricId } from '../../src/metrics/evaluation-metrics.ts'
import { rocAuc, rocAucOf } from '../../src/metrics/roc-auc.ts'
import { topKAccuracy } from '../../src/metrics/top-k-accuracy.ts'
import { goldenPredictions } from './golden-predictions.ts'

// Six examples of three classes; the predictions are 0, 1, 1, 1, 0, 1: three of them right.
const labels = [0, 0, 1, 1, 2, 2]
const probabilities = Float32Array.of(
  ...[0.5, 0.25, 0.25],
  ...[0.25, 0.5, 0.25],
  ...[0.25, 0.5, 0.25],
  ...[0, 1, 0],
  ...[0.5, 0.25, 0.25],
  ...[0.25, 0.5, 0.25],
)
const predictions = makePredictions(probabilities, labels, 3)

function valueOf(id: EvaluationMetricId): number {
  const accumulator = evaluationAccumulators.get(id)!(3)
  // In two uneven batches, since batches must not matter.
  accumulator.update(probabilities.subarray(0, 3), labels.slice(0, 1))
  accumulator.update(probabilities.subarray(3), labels.slice(1))
  return accumulator.result()
}

describe('each metric is what a hand works out', () => {
  it.each<[EvaluationMetricId, number]>([
    // Recalls 1/2, 1, 0; precisions 1/2, 1/2, 0; F1 1/2, 2/3, 0; two examples of each class.
    ['balanced-accuracy', 1 / 2],
    ['precision-macro', 1 / 3],
    ['f1-macro', 7 / 18],
    ['precision-weighted', 1 / 3],
    ['recall-weighted', 1 / 2],
    ['f1-weighted', 7 / 18],
    // Matrix [1 1 0; 0 2 0; 1 1 0]: 3 right of 6; truths 2, 2, 2, predicted 2, 4, 0; sum of products 12, of squares 12 and 20.
    ['matthews-correlation', (3 * 6 - 12) / Math.sqrt((36 - 20) * (36 - 12))],
    ['cohens-kappa', (3 / 6 - 12 / 36) / (1 - 12 / 36)],
    // Confidence 0.5 in five, of which two are right; 1 in one, which is right.
    ['expected-calibration-error', (5 * Math.abs(0.5 - 2 / 5) + 0) / 6],
  ])('%s', (id, expected) => {
    expect(valueOf(id)).toBeCloseTo(expected, 12)
  })

  it('top-k accuracy: of equally probable classes the first comes first', () => {
    // The second most probable: example 2 (0.25 of class 0, before class 2), not example 5 (class 1 before 2), not 6 (class 0 before 2).
    expect(topKAccuracy(2)(predictions, null)).toBeCloseTo(4 / 6, 12)
    expect(topKAccuracy(1)(predictions, null)).toBeCloseTo(3 / 6, 12)
    expect(topKAccuracy(3)(predictions, null)).toBe(1)
  })

  it('ROC-AUC: pairs of one of the class and one of the rest, ties counted half', () => {
    // Class 0: 0.5 and 0.25 against 0.25, 0, 0.5, 0.25: 3.5 + (0.5 + 1 + 0 + 0.5) of 8 pairs.
    expect(rocAucOf(predictions, 0)).toBeCloseTo((3.5 + 2) / 8, 12)
    // Class 2: 0.25 and 0.25 against 0.25, 0.25, 0.25, 0.
    expect(rocAucOf(predictions, 2)).toBeCloseTo((2.5 + 2.5) / 8, 12)
  })

  it('average precision: the precision at each threshold times the recall gained', () => {
    // Class 0: at 0.5 one of two is right; at 0.25 two of five.
    expect(averagePrecisionOf(predictions, 0)).toBeCloseTo((1 / 2) * (1 / 2) + (1 / 2) * (2 / 5), 12)
  })

  it('ROC-AUC and average precision are the same of each example once and of a sample that has each once', () => {
    const golden = goldenPredictions()
    const once = new Uint8Array(golden.examples).fill(1)
    for (let index = 0; index < golden.classes; index += 1) {
      expect(rocAucOf(golden, index, once)).toBe(rocAucOf(golden, index))
      expect(averagePrecisionOf(golden, index, once)).toBe(averagePrecisionOf(golden, index))
    }
  })

  it('ROC-AUC and average precision leave out classes without examples', () => {
    const two = makePredictions(Float32Array.of(0.9, 0.1, 0, 0.2, 0.8, 0), [0, 1], 3)
    expect(rocAuc(two, null)).toBe(1)
    expect(rocAucOf(two, 2)).toBeNaN()
    expect(averagePrecisionOf(two, 2)).toBeNaN()
  })

  it('correlation is 0 where everything is predicted as one class', () => {
    const accumulator = evaluationAccumulators.get('matthews-correlation')!(2)
    accumulator.update(Float32Array.of(1, 0, 1, 0), [0, 1])
    expect(accumulator.result()).toBe(0)
  })
})

describe('reliability', () => {
  it('puts a confidence at the edge of two bins into the lower one', () => {
    const bins = reliability(predictions)
    const filled = bins.filter(({ examples }) => examples > 0)
    expect(filled).toEqual([
      { low: 7 / 15, high: 8 / 15, examples: 5, confidence: 0.5, accuracy: 2 / 5 },
      { low: 14 / 15, high: 1, examples: 1, confidence: 1, accuracy: 1 },
    ])
  })
})

describe("scikit-learn's numbers", () => {
  const golden = JSON.parse(
    readFileSync(new URL('../fixtures/golden/classification-metrics.json', import.meta.url), 'utf8'),
  ) as { labels: number[]; probabilities: number[]; metrics: Record<string, number> }
  const drawn = makePredictions(Float32Array.from(golden.probabilities), golden.labels, 4)

  it.each(Object.keys(golden.metrics))('%s is the same', (id) => {
    const metric = evaluationMetrics.find((candidate) => candidate.id === id)!
    expect(metric.statistic(drawn, null)).toBeCloseTo(golden.metrics[id]!, 6)
  })

  it('a statistic of multiplicities is the statistic of repeated examples', () => {
    const multiplicities = golden.labels.map((_, row) => row % 3)
    const rows = multiplicities.flatMap((count, row) => new Array<number>(count).fill(row))
    const repeated = makePredictions(
      Float32Array.from(rows.flatMap((row) => golden.probabilities.slice(row * 4, row * 4 + 4))),
      rows.map((row) => golden.labels[row]!),
      4,
    )
    for (const { statistic } of evaluationMetrics) {
      expect(statistic(drawn, multiplicities)).toBeCloseTo(statistic(repeated, null), 10)
    }
  })
})

describe('bootstrap', () => {
  const accuracy = topKAccuracy(1)
  const intervals = (seed: number, right: boolean[]) => {
    const work = bootstrapIntervals(
      makePredictions(
        Float32Array.from(right.flatMap((isRight) => (isRight ? [1, 0] : [0, 1]))),
        right.map(() => 0),
        2,
      ),
      [accuracy],
      { resamples: 400, seed },
    )
    for (;;) {
      const step = work.next()
      if (step.done) return step.value[0]!
    }
  }

  it('gives the same interval for the same seed', () => {
    const right = Array.from({ length: 997 }, (_, index) => index % 4 > 0)
    expect(intervals(3, right)).toEqual(intervals(3, right))
    expect(intervals(3, right)).not.toEqual(intervals(4, right))
  })

  it('covers a known share about 95 times of 100', () => {
    const share = 0.8
    let state = 12345
    const draw = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state / 2 ** 32
    }
    let covered = 0
    for (let trial = 0; trial < 200; trial += 1) {
      const [low, high] = intervals(
        trial,
        Array.from({ length: 150 }, () => draw() < share),
      )
      if (low <= share && share <= high) covered += 1
    }
    expect(covered / 200).toBeGreaterThan(0.9)
    expect(covered / 200).toBeLessThan(0.99)
  })
})

describe("McNemar's exact test", () => {
  it('is the probability of so uneven a throw of a fair coin', () => {
    // Only the first is right in 1, only the second in 5: P = 2 (1 + 6) / 64.
    const first = [true, false, false, false, false, false, true, true]
    const second = [false, true, true, true, true, true, true, true]
    expect(mcnemarTest(first, second)).toEqual({ b: 1, c: 5, p: expect.closeTo(14 / 64, 12) as number })
  })

  it('is 1 where they never differ, or differ evenly', () => {
    expect(mcnemarTest([true, false], [true, false]).p).toBe(1)
    expect(mcnemarTest([true, false], [false, true]).p).toBe(1)
  })

  it('stays exact with thousands of differences', () => {
    const first = Array.from({ length: 4000 }, (_, index) => index < 1900)
    const second = first.map((right) => !right)
    // The normal approximation with continuity correction: z = 199 / sqrt(4000), 0.00165.
    expect(mcnemarTest(first, second).p).toBeCloseTo(0.00165, 4)
  })
})

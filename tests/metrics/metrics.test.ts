import { describe, expect, it } from 'vitest'
import {
  confusionMatrix,
  evaluatePredictions,
  macroAverage,
  makePredictions,
  metrics,
  perClass,
  wilsonInterval,
} from '../../src/metrics/index.ts'

// Six examples of three classes; the predictions are 0, 1, 1, 1, 0, 1: three of them right.
const labels = Int32Array.of(0, 0, 1, 1, 2, 2)
const probabilities = Float32Array.of(
  ...[0.5, 0.25, 0.25],
  ...[0.25, 0.5, 0.25],
  ...[0.25, 0.5, 0.25],
  ...[0, 1, 0],
  ...[0.5, 0.25, 0.25],
  ...[0.25, 0.5, 0.25],
)

describe('accumulators', () => {
  it('give the cross-entropy worked out by hand', () => {
    const loss = metrics.loss(3)
    loss.update(probabilities, labels)
    // -ln of 1/2, 1/4, 1/2, 1, 1/4, 1/4
    expect(loss.result()).toBeCloseTo((8 * Math.LN2) / 6, 12)
  })

  it('keep the loss finite where the true class got no probability', () => {
    const loss = metrics.loss(2)
    loss.update(Float32Array.of(0, 1), [0])
    expect(loss.result()).toBeCloseTo(126 * Math.LN2, 10)
  })

  it('give the same, bit for bit, however the examples are batched', () => {
    const many = Float32Array.from({ length: 300 }, (_, index) => ((index * 37) % 101) / 101)
    const truths = Array.from({ length: 100 }, (_, index) => (index * 7) % 3)
    for (const metric of Object.values(metrics)) {
      const whole = metric(3)
      whole.update(many, truths)
      const parts = metric(3)
      for (const [begin, end] of [
        [0, 1],
        [1, 50],
        [50, 50],
        [50, 100],
      ] as const) {
        parts.update(many.subarray(begin * 3, end * 3), truths.slice(begin, end))
      }
      expect(parts.result()).toBe(whole.result())
    }
  })

  it('take the first of equally probable classes', () => {
    const accuracy = metrics.accuracy(2)
    accuracy.update(Float32Array.of(0.5, 0.5, 0.5, 0.5), [0, 1])
    expect(accuracy.result()).toBe(0.5)
  })

  it('are NaN without examples', () => {
    expect(metrics.accuracy(2).result()).toBeNaN()
    expect(metrics.loss(2).result()).toBeNaN()
  })

  it('refuse predictions that are not numbers, labels out of range and lengths that do not fit', () => {
    const refuses = (values: number[], truths: number[], code: string): void => {
      expect(() => metrics.accuracy(2).update(Float32Array.from(values), truths)).toThrow(
        expect.objectContaining({ code }),
      )
    }
    refuses([NaN, NaN], [0], 'loss-not-finite')
    refuses([0.5, 0.5], [2], 'internal')
    refuses([0.5, 0.5], [-1], 'internal')
    refuses([0.5, 0.5, 0], [0], 'internal')
  })
})

describe('confusion matrix and scores of classes', () => {
  const confusion = confusionMatrix(3)
  confusion.update(probabilities, labels)
  const matrix = confusion.result()

  it('counts truth by row and prediction by column', () => {
    expect(matrix).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [1, 1, 0],
    ])
  })

  it('gives precision, recall and F1, and 0 for a class never predicted', () => {
    expect(perClass(matrix)).toEqual([
      { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
      { precision: 1 / 2, recall: 1, f1: 2 / 3, support: 2 },
      { precision: 0, recall: 0, f1: 0, support: 2 },
    ])
  })

  it('averages over the classes that have examples', () => {
    const average = macroAverage(perClass(matrix))
    expect(average.precision).toBeCloseTo(1 / 3, 12)
    expect(average.recall).toBeCloseTo(1 / 2, 12)
    expect(average.f1).toBeCloseTo(7 / 18, 12)
    const withoutThird = macroAverage(
      perClass([
        [1, 0, 1],
        [0, 2, 0],
        [0, 0, 0],
      ]),
    )
    expect(withoutThird).toEqual({ precision: 1, recall: 3 / 4, f1: (2 / 3 + 1) / 2 })
    expect(macroAverage([])).toEqual({ precision: 0, recall: 0, f1: 0 })
  })
})

describe('Wilson interval', () => {
  it.each([
    // Newcombe 1998, table I, method 3: https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [29, 29, 0.883, 1],
  ])('of %i in %i is the published one', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials)
    expect(interval[0]).toBeCloseTo(low, 4)
    expect(interval[1]).toBeCloseTo(high, 4)
  })

  it('is everything where nothing was tried', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })
})

describe('evaluatePredictions', () => {
  it('gives what a stored evaluation holds', () => {
    const evaluation = finish(
      evaluatePredictions(makePredictions(probabilities, labels, 3), ['ant', 'bee', 'wasp']),
    )
    expect(evaluation.accuracy).toBe(3 / 6)
    expect(evaluation.loss).toBeCloseTo((8 * Math.LN2) / 6, 12)
    expect(evaluation.support).toBe(6)
    expect(evaluation.interval95).toEqual(wilsonInterval(3, 6))
    expect(evaluation.confusion.labels).toEqual(['ant', 'bee', 'wasp'])
    expect(evaluation.confusion.matrix[2]).toEqual([1, 1, 0])
    expect(evaluation.perClass[1]).toMatchObject({
      class: 'bee',
      precision: 0.5,
      recall: 1,
      f1: 2 / 3,
      support: 2,
      intervals95: { precision: wilsonInterval(2, 4), recall: wilsonInterval(2, 2) },
    })
    expect(evaluation.perClass[2]?.intervals95.precision).toBeNull()
    const f1 = evaluation.metrics.find(({ id }) => id === 'f1-macro')
    expect(f1?.value).toBeCloseTo(7 / 18, 12)
    expect(f1?.interval95?.[0]).toBeLessThan(7 / 18)
    expect(f1?.interval95?.[1]).toBeGreaterThan(7 / 18)
    // With three classes the three most probable ones are all.
    expect(evaluation.metrics.map(({ id }) => id)).not.toContain('top-3-accuracy')
  })

  it('says that there is nothing to evaluate', () => {
    expect(() =>
      finish(evaluatePredictions(makePredictions(new Float32Array(), [], 2), ['ant', 'bee'])),
    ).toThrow(expect.objectContaining({ code: 'too-few-images' }))
  })
})

function finish<Value>(work: Generator<undefined, Value>): Value {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

import { describe, expect, it } from 'vitest'
import type { RequestInput } from '../../../../src/contract/requests/index.ts'
import { requests } from '../../../../src/contract/requests/index.ts'
import { sweepPlans } from '../../../../src/core/runs/groups/sweep-plans.ts'

type Input = Omit<RequestInput<'runs.sweep'>, 'projectId' | 'plan'>
const plansOf = (input: Input) =>
  sweepPlans(requests['runs.sweep'].input.parse({ projectId: '', plan: {}, ...input }))
const labelsOf = (input: Input) => plansOf(input).map(({ label }) => label)
const range = (from: number, to: number, scale: 'linear' | 'logarithmic' = 'linear') => ({ from, to, scale })

describe('a grid', () => {
  it('is every combination, the last setting varying fastest', () => {
    const plans = plansOf({ values: { optimizer: ['sgd', 'adam'], learningRate: ['1e-2', 0.001, '.5'] } })
    expect(plans.map(({ plan }) => [plan.optimizer, plan.learningRate])).toEqual([
      ['sgd', 0.01],
      ['sgd', 0.001],
      ['sgd', 0.5],
      ['adam', 0.01],
      ['adam', 0.001],
      ['adam', 0.5],
    ])
    expect(plans[0]!.label).toBe('optimizer=sgd, learningRate=0.01')
  })

  it('takes values as they are typed, whatever the setting holds', () => {
    const plans = plansOf({
      values: {
        head: ['', '512:relu'],
        nesterov: ['false'],
        freeze: ['{"kind":"first","count":3}'],
        batchSize: ['16'],
      },
    })
    expect(
      plans.map(({ plan: { head, nesterov, freeze, batchSize } }) => [head, nesterov, freeze, batchSize]),
    ).toEqual(['', '512:relu'].map((head) => [head, false, { kind: 'first', count: 3 }, 16]))
    expect(plans[1]!.label).toBe(
      'head=512:relu, nesterov=false, freeze={"kind":"first","count":3}, batchSize=16',
    )
  })

  it('has a value once that is there twice', () => {
    expect(labelsOf({ values: { epochs: [3, '3', 4] } })).toEqual(['epochs=3', 'epochs=4'])
  })
})

describe('at random', () => {
  const values = { learningRate: [0.1, 0.01, 0.001], batchSize: [8, 16, 32] }

  it('draws combinations without repetition, the same for the same seed', () => {
    const draw = (seed: number, runs = 5) => labelsOf({ values, random: { runs, seed } })
    expect(new Set(draw(1)).size).toBe(5)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(2)).not.toEqual(draw(1))
    expect(draw(1, 1)).toEqual(draw(1).slice(0, 1))
    // More than there are: all of them.
    expect([...draw(3, 100)].sort()).toEqual(labelsOf({ values }).sort())
  })

  it('draws from ranges, evenly or over powers of ten, whole numbers where the setting takes no other', () => {
    const plans = plansOf({
      values: {
        learningRate: range(1e-4, 1e-1, 'logarithmic'),
        labelSmoothing: range(0.1, 0.3),
        epochs: range(2, 9),
      },
      random: { runs: 200, seed: 5 },
      limit: 200,
    }).map(({ plan }) => plan)
    const sharesBelow = (values: number[], bound: number) =>
      values.filter((value) => value < bound).length / values.length
    const rates = plans.map(({ learningRate }) => learningRate)
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4)
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-1)
    // Half below the geometric mean; of 200 draws, 0.4 to 0.6 is almost three standard deviations.
    expect(Math.abs(sharesBelow(rates, Math.sqrt(1e-5)) - 0.5)).toBeLessThan(0.1)
    const smoothings = plans.map(({ labelSmoothing }) => labelSmoothing)
    expect(Math.abs(sharesBelow(smoothings, 0.2) - 0.5)).toBeLessThan(0.1)
    expect(new Set(plans.map(({ epochs }) => epochs))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]))
  })
})

describe('what cannot be swept is refused', () => {
  it.each([
    ['no setting', { values: {} }, /needs a setting/],
    ['an unknown setting', { values: { rate: [1] } }, /'rate' is not a setting.*learningRate/],
    ['a name of JavaScript', { values: { constructor: [1] } }, /'constructor' is not a setting/],
    ['a wrong value', { values: { optimizer: ['adam', 'lion'] } }, /'lion' is no value of 'optimizer'.*sgd/],
    ['a number out of bounds', { values: { epochs: ['0'] } }, /'0' is no value of 'epochs'/],
    ['a range without a number of draws', { values: { learningRate: range(1, 2) } }, /has no end of values/],
    [
      'a range that falls',
      { values: { learningRate: range(2, 1) }, random: { runs: 2, seed: 0 } },
      /should rise; it was 2 to 1/,
    ],
    [
      'powers of ten from 0',
      { values: { learningRate: range(0, 1, 'logarithmic') }, random: { runs: 2, seed: 0 } },
      /above 0/,
    ],
    [
      'a range past the bounds',
      { values: { momentum: range(0.5, 1.5) }, random: { runs: 2, seed: 0 } },
      /no value of 'momentum'/,
    ],
    [
      'more runs than the limit',
      { values: { seed: Array.from({ length: 8 }, (_, seed) => seed), epochs: [1, 2, 3, 4, 5, 6, 7] } },
      /would be 56 runs; at most 50/,
    ],
  ] as [string, Input, RegExp][])('%s', (_what, input, message) => {
    expect(() => plansOf(input)).toThrow(message)
    expect(() => plansOf(input)).toThrow(expect.objectContaining({ code: 'plan-invalid' }) as Error)
  })
})

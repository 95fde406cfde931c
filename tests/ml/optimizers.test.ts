import { describe, expect, it } from 'vitest'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import { optimizerOf, type OptimizerSettings } from '../../src/models/training/optimizers.ts'
import { trainPlanSchema, type TrainPlanInput } from '../../src/contract/train-plan.ts'

const rate = 0.1
const gradients = [
  [0.5, -1],
  [0.25, 2],
  [-1, 0.125],
]
const kernel = 'layer/kernel'

/** The published formulas, in 64 bits. */
function expectedValue(settings: OptimizerSettings, start: number, gradientsOfOne: number[]): number {
  const { name, momentum, nesterov, weightDecay } = settings
  let [value, first, second] = [start, 0, 0]
  gradientsOfOne.forEach((raw, index) => {
    const step = index + 1
    const gradient = name === 'adamw' ? raw : raw + weightDecay * value
    if (name === 'sgd') {
      first = momentum * first + gradient
      value -= rate * (nesterov ? gradient + momentum * first : first)
    } else if (name === 'rmsprop') {
      second = 0.99 * second + 0.01 * gradient ** 2
      first = momentum * first + gradient / (Math.sqrt(second) + 1e-8)
      value -= rate * first
    } else {
      if (name === 'adamw') value -= rate * weightDecay * value
      first = 0.9 * first + 0.1 * gradient
      second = 0.999 * second + 0.001 * gradient ** 2
      value -= (rate * (first / (1 - 0.9 ** step))) / (Math.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
    }
  })
  return value
}

function run(
  settings: OptimizerSettings,
  {
    from = 0,
    state,
    start = [1, -2],
    name = kernel,
  }: {
    from?: number
    state?: Map<string, Float32Array>
    start?: number[]
    name?: string
  } = {},
) {
  const parameters = new Map([[name, Float32Array.from(start)]])
  const optimizer = createOptimizer(settings, new Map([[name, 2]]))
  if (state !== undefined) optimizer.restore(from, state)
  const snapshots = gradients.slice(from).map((gradient) => {
    optimizer.apply(parameters, new Map([[name, Float32Array.from(gradient)]]), () => rate)
    return {
      parameter: Array.from(parameters.get(name)!),
      slots: new Map([...optimizer.slots()].map(([key, slot]) => [key, Float32Array.from(slot)])),
    }
  })
  expect(optimizer.steps()).toBe(gradients.length)
  return snapshots
}

const plans: TrainPlanInput[] = [
  { optimizer: 'sgd' },
  { optimizer: 'sgd', momentum: 0 },
  { optimizer: 'sgd', nesterov: true, weightDecay: 0.1 },
  { optimizer: 'adam' },
  { optimizer: 'adam', weightDecay: 0.1 },
  { optimizer: 'adamw' },
  { optimizer: 'rmsprop' },
  { optimizer: 'rmsprop', momentum: 0.9, weightDecay: 0.1 },
]
const cases = plans.map((plan): [string, OptimizerSettings] => [
  JSON.stringify(plan),
  optimizerOf(trainPlanSchema.parse(plan)),
])

describe.each(cases)('the optimiser of %s', (_name, settings) => {
  it('follows its formula', () => {
    const last = run(settings).at(-1)!
    for (const index of [0, 1]) {
      const slopes = gradients.map((gradient) => gradient[index]!)
      expect(last.parameter[index]).toBeCloseTo(expectedValue(settings, [1, -2][index]!, slopes), 5)
    }
  })

  it('does not decay a bias', () => {
    const last = run(settings, { name: 'layer/bias' }).at(-1)!
    const slopes = gradients.map((gradient) => gradient[0]!)
    const expected = expectedValue({ ...settings, weightDecay: 0 }, 1, slopes)
    expect(last.parameter[0]).toBeCloseTo(expected, 5)
  })

  it('uses the rate of each parameter', () => {
    const parameters = new Map([
      ['head/kernel', Float32Array.of(1)],
      ['backbone/kernel', Float32Array.of(1)],
    ])
    const sizes = new Map([...parameters].map(([key, { length }]) => [key, length]))
    const optimizer = createOptimizer(settings, sizes)
    const slopes = new Map([...parameters].map(([key]) => [key, Float32Array.of(1)]))
    optimizer.apply(parameters, slopes, (key) => (key === 'head/kernel' ? rate : 0))
    expect(parameters.get('head/kernel')![0]).toBeLessThan(0.95)
    expect(parameters.get('backbone/kernel')![0]).toBe(1)
  })

  it('goes on from its slots to the same bits', () => {
    const whole = run(settings)
    const resumed = run(settings, { from: 1, state: whole[0]!.slots, start: whole[0]!.parameter })
    expect(resumed.at(-1)!.parameter).toEqual(whole.at(-1)!.parameter)
    expect(resumed.at(-1)!.slots).toEqual(whole.at(-1)!.slots)
  })
})

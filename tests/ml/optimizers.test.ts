import { describe, expect, it } from 'vitest'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'

const gradients = [
  [0.5, -1],
  [0.25, 2],
  [-1, 0.125],
]

/** The published formulas, in 64 bits. */
function expectedValues(name: 'sgd' | 'adam' | 'adamw', start: number, gradientsOfOne: number[]): number {
  let [value, first, second] = [start, 0, 0]
  gradientsOfOne.forEach((gradient, index) => {
    const step = index + 1
    if (name === 'sgd') {
      first = 0.9 * first + gradient
      value -= 0.1 * first
      return
    }
    if (name === 'adamw') value -= 0.1 * 0.01 * value
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient ** 2
    value -= (0.1 * (first / (1 - 0.9 ** step))) / (Math.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
  })
  return value
}

function run(name: 'sgd' | 'adam' | 'adamw', from = 0, state?: Map<string, Float32Array>, start = [1, -2]) {
  const parameters = new Map([['a', Float32Array.from(start)]])
  const optimizer = createOptimizer(name, new Map([['a', 2]]))
  if (state !== undefined) optimizer.restore(from, state)
  const snapshots = gradients.slice(from).map((gradient) => {
    optimizer.apply(parameters, new Map([['a', Float32Array.from(gradient)]]), () => 0.1)
    return {
      parameter: Array.from(parameters.get('a')!),
      slots: new Map([...optimizer.slots()].map(([key, slot]) => [key, Float32Array.from(slot)])),
    }
  })
  expect(optimizer.steps()).toBe(gradients.length)
  return snapshots
}

describe.each(['sgd', 'adam', 'adamw'] as const)('%s', (name) => {
  it('follows its formula', () => {
    const last = run(name).at(-1)!
    for (const index of [0, 1]) {
      const expected = expectedValues(
        name,
        [1, -2][index]!,
        gradients.map((gradient) => gradient[index]!),
      )
      expect(last.parameter[index]).toBeCloseTo(expected, 6)
    }
  })

  it('uses the rate of each parameter', () => {
    const parameters = new Map([
      ['head', Float32Array.of(1)],
      ['backbone', Float32Array.of(1)],
    ])
    const optimizer = createOptimizer(
      name,
      new Map([...parameters].map(([key, { length }]) => [key, length])),
    )
    const slopes = new Map([...parameters].map(([key]) => [key, Float32Array.of(1)]))
    optimizer.apply(parameters, slopes, (key) => (key === 'head' ? 0.1 : 0))
    expect(parameters.get('head')![0]).toBeLessThan(0.95)
    expect(parameters.get('backbone')![0]).toBe(1)
  })

  it('goes on from its slots to the same bits', () => {
    const whole = run(name)
    const resumed = run(name, 1, whole[0]!.slots, whole[0]!.parameter)
    expect(resumed.at(-1)!.parameter).toEqual(whole.at(-1)!.parameter)
    expect(resumed.at(-1)!.slots).toEqual(whole.at(-1)!.slots)
  })
})

import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import { chooseEngine, testEngine } from './engine.ts'

/** What torch.optim gives for a parameter of 1 and -2 after steps with these gradients and rate 0.1. */
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

async function run(
  name: 'sgd' | 'adam' | 'adamw',
  from = 0,
  state?: Map<string, Float32Array>,
  start = [1, -2],
) {
  await chooseEngine(testEngine)
  const parameters = new Map<string, tf.Tensor>([['a', tf.tensor1d(start)]])
  const optimizer = createOptimizer(name, new Map([['a', [2]]]))
  if (state !== undefined) optimizer.restore(from, state)
  const snapshots: { parameter: number[]; slots: Map<string, Float32Array> }[] = []
  for (const gradient of gradients.slice(from)) {
    const tensor = tf.tensor1d(gradient)
    optimizer.apply(parameters, new Map([['a', tensor]]), () => 0.1)
    tensor.dispose()
    snapshots.push({
      parameter: Array.from(parameters.get('a')!.dataSync()),
      slots: new Map([...optimizer.slots()].map(([key, slot]) => [key, Float32Array.from(slot.dataSync())])),
    })
  }
  expect(optimizer.steps()).toBe(gradients.length)
  optimizer.dispose()
  parameters.get('a')!.dispose()
  return snapshots
}

describe.each(['sgd', 'adam', 'adamw'] as const)('%s', (name) => {
  it('follows its formula', async () => {
    const last = (await run(name)).at(-1)!
    for (const index of [0, 1]) {
      const expected = expectedValues(
        name,
        [1, -2][index]!,
        gradients.map((gradient) => gradient[index]!),
      )
      expect(last.parameter[index]).toBeCloseTo(expected, 6)
    }
  })

  it('goes on from its slots to the same bits', async () => {
    const whole = await run(name)
    const resumed = await run(name, 1, whole[0]!.slots, whole[0]!.parameter)
    expect(resumed.at(-1)!.parameter).toEqual(whole.at(-1)!.parameter)
    expect(resumed.at(-1)!.slots).toEqual(whole.at(-1)!.slots)
  })

  it('frees its slots', async () => {
    await chooseEngine(testEngine)
    const before = tf.memory().numTensors
    await run(name)
    expect(tf.memory().numTensors).toBe(before)
  })
})

import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FreezePlan } from '../../src/contract/train-plan.ts'
import { disposeParameters } from '../../src/ml/execute.ts'
import { nativeKernels, provideNativeKernels, type NativeKernels } from '../../src/ml/native/kernels.ts'
import {
  computeGradients,
  generalGradients,
  trainStep,
  type BatchGradients,
} from '../../src/ml/train-step.ts'
import { chooseEngine, nativeProblem } from './engine.ts'
import { createVariedBatch, createVariedTrainee } from './varied-network.ts'

const key = { seed: 1, step: 3 }
const tolerance = 3e-5

const plans: [string, FreezePlan][] = [
  ['all layers', { kind: 'none' }],
  ['the head', { kind: 'all' }],
  [
    'a part above frozen normalizations',
    { kind: 'layers', trainable: ['main.b', 'short.conv', 'stem.norm'] },
  ],
]

/** The largest difference of two arrays, over the largest value. */
function relativeDifference(one: Float32Array, other: Float32Array): number {
  expect(one).toHaveLength(other.length)
  const largest = Math.max(1e-3, ...other.map(Math.abs))
  return Math.max(...one.map((value, index) => Math.abs(value - other[index]!))) / largest
}

function expectAlike(one: BatchGradients, other: BatchGradients): void {
  expect(Math.abs(one.loss - other.loss)).toBeLessThan(tolerance)
  expect(relativeDifference(one.logits, other.logits)).toBeLessThan(tolerance)
  expect([...one.gradients.keys()].sort()).toEqual([...other.gradients.keys()].sort())
  for (const [name, gradient] of other.gradients) {
    expect(relativeDifference(one.gradients.get(name)!, gradient), name).toBeLessThan(tolerance)
  }
  expect([...one.statistics.keys()].sort()).toEqual([...other.statistics.keys()].sort())
  for (const [name, { mean, variance }] of other.statistics) {
    expect(relativeDifference(one.statistics.get(name)!.mean, mean), name).toBeLessThan(tolerance)
    expect(relativeDifference(one.statistics.get(name)!.variance, variance), name).toBeLessThan(tolerance)
  }
}

async function gradientsOn(
  engine: 'native' | 'cpu' | 'wasm',
  plan: FreezePlan,
  compute: typeof computeGradients,
): Promise<BatchGradients> {
  await chooseEngine(engine)
  const trainee = createVariedTrainee(plan)
  const result = await compute(trainee, createVariedBatch(), key)
  disposeParameters(trainee.parameters)
  return result
}

describe.skipIf(nativeProblem !== null).each([
  ["Thaw's kernels", true],
  ["TensorFlow's kernels alone", false],
])('the reverse pass of the native engine, with %s', (_name, own) => {
  let kernels: NativeKernels | null = null
  beforeEach(async () => {
    await chooseEngine('native')
    kernels = nativeKernels()
    if (!own) provideNativeKernels(null)
  })
  afterEach(() => provideNativeKernels(kernels))

  const compute: typeof computeGradients = async (...given) => {
    if (!own) provideNativeKernels(null)
    return computeGradients(...given)
  }

  it.each(plans)('gives what automatic differentiation gives on the cpu engine: %s', async (_plan, plan) => {
    const expected = await gradientsOn('cpu', plan, generalGradients)
    expectAlike(await gradientsOn('native', plan, compute), expected)
  })

  it.each(plans)(
    'gives what automatic differentiation gives on the native engine: %s',
    async (_plan, plan) => {
      const expected = await gradientsOn('native', plan, generalGradients)
      expectAlike(await gradientsOn('native', plan, compute), expected)
    },
  )

  it('gives the same bits again', async () => {
    const [first, second] = [
      await gradientsOn('native', { kind: 'none' }, compute),
      await gradientsOn('native', { kind: 'none' }, compute),
    ]
    for (const [name, gradient] of first.gradients) expect(second.gradients.get(name), name).toEqual(gradient)
    expect(second.statistics).toEqual(first.statistics)
  })

  it('frees everything but the parameters, step by step', async () => {
    const trainee = createVariedTrainee({ kind: 'none' })
    const data = createVariedBatch()
    const { loss: first } = await trainStep(trainee, data, () => 0.01, { seed: 1, step: 0 })
    const { numTensors, numBytes } = tf.memory()
    let last = first
    for (let step = 1; step < 12; step += 1) {
      last = (await trainStep(trainee, data, () => 0.01, { seed: 1, step })).loss
      expect(tf.memory()).toMatchObject({ numTensors, numBytes })
    }
    expect(last).toBeLessThan(first)
    disposeParameters(trainee.parameters)
  })

  it('stays in the same resident memory over 50 epochs', { timeout: 240_000 }, async () => {
    const trainee = createVariedTrainee({ kind: 'none' })
    // One map that is kept at each step would be 80 MB in the end.
    const data = createVariedBatch(64)
    let settled = 0
    for (let epoch = 1; epoch <= 50; epoch += 1) {
      for (let step = 0; step < 8; step += 1) await trainStep(trainee, data, () => 0.001, { seed: 1, step })
      if (epoch === 10) settled = process.memoryUsage.rss()
    }
    expect((process.memoryUsage.rss() - settled) / 2 ** 20).toBeLessThan(32)
    disposeParameters(trainee.parameters)
  })

  it('frees everything where a step fails', async () => {
    const trainee = createVariedTrainee({ kind: 'none' })
    const data = createVariedBatch()
    await computeGradients(trainee, data, key)
    trainee.parameters.get('main.a/kernel')!.dispose()
    const { numTensors } = tf.memory()
    await expect(computeGradients(trainee, data, key)).rejects.toThrow()
    expect(tf.memory().numTensors).toBe(numTensors)
    trainee.parameters.delete('main.a/kernel')
    disposeParameters(trainee.parameters)
  })
})

describe('gradients on the wasm engine', () => {
  it.each(plans)('are those of the cpu engine: %s', async (_plan, plan) => {
    const expected = await gradientsOn('cpu', plan, generalGradients)
    expectAlike(await gradientsOn('wasm', plan, computeGradients), expected)
  })
})

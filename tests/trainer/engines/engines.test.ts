import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { chooseEngine, engines } from '../../../src/trainer/engines/index.ts'

/** A small classifier step: everything that training a head, and a convolution below it, needs. */
async function computeOn(engine: 'native' | 'wasm' | 'cpu') {
  await chooseEngine(engine)
  const images = tf.randomUniform<tf.Rank.R4>([2, 9, 9, 3], -1, 1, 'float32', 1)
  const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 3, 4], -1, 1, 'float32', 2)
  const depthwise = tf.randomUniform<tf.Rank.R4>([3, 3, 4, 1], -1, 1, 'float32', 3)
  const left = tf.randomUniform<tf.Rank.R2>([5, 7], -1, 1, 'float32', 4)
  const right = tf.randomUniform<tf.Rank.R2>([7, 6], -1, 1, 'float32', 5)
  const labels = tf.cast(tf.oneHot(tf.tensor1d([0, 5, 2, 2, 1], 'int32'), 6), 'float32')
  const loss = (weights: tf.Tensor2D) =>
    tf.neg<tf.Scalar>(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(tf.matMul(left, weights))), 1)))
  const convolved = tf.conv2d(images, filter, 2, 'same')
  const { value, grad } = tf.valueAndGrad((weights: tf.Tensor) => loss(weights as tf.Tensor2D))(right)
  const results = {
    matMul: tf.matMul(left, right),
    conv2d: convolved,
    depthwise: tf.depthwiseConv2d(convolved, depthwise, 1, 'same'),
    fused: tf.fused.conv2d({ x: images, filter, strides: 1, pad: 'same', activation: 'relu6' }),
    pooled: tf.mean(convolved, [1, 2]),
    crossEntropy: value,
    crossEntropyGradient: grad,
  }
  const answers: Record<string, Float32Array> = {}
  for (const [name, tensor] of Object.entries(results)) answers[name] = (await tensor.data()) as Float32Array
  tf.disposeVariables()
  return answers
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0)
}

describe('engines', () => {
  it('are listed best first, each once', () => {
    expect(engines.map(({ id }) => id)).toEqual(['native', 'webgpu', 'wasm', 'cpu'])
  })

  it.each(['native', 'wasm'] as const)('%s computes what cpu computes', async (engine) => {
    const expected = await computeOn('cpu')
    const received = await computeOn(engine)
    for (const [name, values] of Object.entries(expected)) {
      expect(
        values.some((value) => value !== 0),
        `${name} on cpu is not all zeros`,
      ).toBe(true)
      expect(largestDifference(values, received[name]!), name).toBeLessThan(1e-4)
    }
  })

  it('native trains a convolution with the gradients of cpu', async () => {
    const gradients = async (engine: 'native' | 'cpu') => {
      await chooseEngine(engine)
      const images = tf.randomUniform<tf.Rank.R4>([2, 9, 9, 3], -1, 1, 'float32', 1)
      const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 3, 4], -1, 1, 'float32', 2)
      const [ofImages, ofFilter] = tf.grads((x, w) =>
        tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))),
      )([images, filter])
      return [(await ofImages!.data()) as Float32Array, (await ofFilter!.data()) as Float32Array] as const
    }
    const [cpuImages, cpuFilter] = await gradients('cpu')
    const [nativeImages, nativeFilter] = await gradients('native')
    expect(largestDifference(cpuImages, nativeImages)).toBeLessThan(1e-3)
    expect(largestDifference(cpuFilter, nativeFilter)).toBeLessThan(1e-3)
  })

  it('auto takes the native engine, with its device, version and threads', async () => {
    const chosen = await chooseEngine('auto')
    expect(chosen).toMatchObject({ engine: 'native', version: '2.21.0', rejected: [] })
    expect(chosen.device).toMatch(/^CPU|^GPU/)
    expect(chosen.threads).toBeGreaterThanOrEqual(1)
  })

  it('a name that is no engine is refused with the names that are', async () => {
    await expect(chooseEngine('cuda' as 'cpu')).rejects.toThrow(/auto, native, webgpu, wasm, cpu/)
  })
})

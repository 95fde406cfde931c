import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { minimize } from '../../src/ml/minimize.ts'
import { fitSoftmaxRegression, predictSoftmaxRegression } from '../../src/ml/softmax-regression.ts'
import { createRandom } from '../../src/models/random.ts'
import { chooseEngine, testEngine } from './engine.ts'

beforeAll(() => chooseEngine(testEngine))

describe('L-BFGS', () => {
  it("finds the minimum of Rosenbrock's valley, and leaves the start as it was", async () => {
    const start = Float64Array.of(-1.2, 1)
    const rosenbrock = ([x = 0, y = 0]: Float64Array) => ({
      value: (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
      gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)),
    })
    const found = await minimize(rosenbrock, start, { iterations: 200, tolerance: 1e-8 })
    expect(found[0]).toBeCloseTo(1, 6)
    expect(found[1]).toBeCloseTo(1, 6)
    expect([...start]).toEqual([-1.2, 1])
  })

  it('ends where it is told to', async () => {
    const stop = minimize(
      ([x = 0]) => ({ value: x ** 2, gradient: Float64Array.of(2 * x) }),
      Float64Array.of(9),
      { iterations: 10, tolerance: 1e-8, onIteration: () => Promise.reject(new Error('enough')) },
    )
    await expect(stop).rejects.toThrow('enough')
  })
})

describe('softmax regression', () => {
  /** Two clouds in the plane, the second with many times as many points. */
  function clouds(): { features: tf.Tensor2D; labels: number[] } {
    const random = createRandom({ seed: 1, purpose: 'clouds' })
    const labels = [...Array<number>(6).fill(0), ...Array<number>(60).fill(1)]
    const points = labels.map((label) => [random.normal(label * 2 - 1, 0.7), random.normal(0, 0.7)])
    return { features: tf.tensor2d(points), labels }
  }

  it('has no gradient where it ends: each class weighs the same, and the penalty is on the kernel alone', async () => {
    const { features, labels } = clouds()
    const l2 = 0.01
    const head = await fitSoftmaxRegression(features, labels, { classes: 2, l2 })
    const probabilities = predictSoftmaxRegression(features, head)
    const points = features.arraySync()
    const gradient = [0, 0, 0, 0]
    const biasGradient = [0, 0]
    labels.forEach((label, row) => {
      const weight = 0.5 / (label === 0 ? 6 : 60)
      for (const output of [0, 1]) {
        const difference = weight * (probabilities[row * 2 + output]! - Number(output === label))
        biasGradient[output]! += difference
        for (const place of [0, 1]) gradient[place * 2 + output]! += difference * points[row]![place]!
      }
    })
    gradient.forEach((value, index) => expect(value + l2 * head.kernel[index]!).toBeCloseTo(0, 4))
    biasGradient.forEach((value) => expect(value).toBeCloseTo(0, 4))
    features.dispose()
  })

  it('gives probabilities, and leaves no tensor behind', async () => {
    const { features, labels } = clouds()
    const before = tf.memory().numTensors
    const head = await fitSoftmaxRegression(features, labels, { classes: 3, l2: 0.01 })
    const probabilities = predictSoftmaxRegression(features, head)
    expect(tf.memory().numTensors).toBe(before)
    labels.forEach((label, row) => {
      const [first = 0, second = 0, absent = 0] = probabilities.subarray(row * 3)
      expect(first + second + absent).toBeCloseTo(1, 5)
      // No image of the third class was ever seen.
      expect(absent).toBeLessThan(Math.max(first, second))
      expect(label).toBeLessThan(2)
    })
    features.dispose()
  })
})

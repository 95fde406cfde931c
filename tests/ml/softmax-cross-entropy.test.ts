import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import {
  balancedClassWeights,
  softmaxCrossEntropy,
  weightedTargets,
} from '../../src/ml/losses/softmax-cross-entropy.ts'
import { chooseEngine, testedEngines } from './engine.ts'

describe.each(testedEngines)('softmaxCrossEntropy on %s', (engine) => {
  it('is the weighted mean of -log p, with the gradient weight * (p - truth) / images', async () => {
    await chooseEngine(engine)
    const logits = [
      [1, 2, -1],
      [0.5, 0, 3],
    ]
    const labels = [1, 0]
    const weights = [3, 0.5, 1]
    const targets = tf.tensor2d(weightedTargets(labels, 3, weights), [2, 3])
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => softmaxCrossEntropy(x as tf.Tensor2D, targets))(
      tf.tensor2d(logits),
    )
    let expected = 0
    const gradient = logits.flatMap((row, index) => {
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0)
      const weight = weights[labels[index]!]! / 2
      expected -= weight * Math.log(Math.exp(row[labels[index]!]!) / sum)
      return row.map((logit, c) => weight * (Math.exp(logit) / sum - Number(c === labels[index])))
    })
    expect(value.dataSync()[0]).toBeCloseTo(expected, 5)
    grad.dataSync().forEach((slope, index) => expect(slope).toBeCloseTo(gradient[index]!, 5))
    tf.dispose([targets, value, grad])
  })

  it('stays finite where a probability underflows', async () => {
    await chooseEngine(engine)
    const targets = tf.tensor2d([[0, 1]])
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => softmaxCrossEntropy(x as tf.Tensor2D, targets))(
      tf.tensor2d([[300, -300]]),
    )
    expect(value.dataSync()[0]).toBeCloseTo(600, 2)
    expect(Array.from(grad.dataSync())).toEqual([1, -1])
  })
})

describe('balancedClassWeights', () => {
  it("are scikit-learn's 'balanced'", () => {
    expect(Array.from(balancedClassWeights([0, 0, 0, 1], 2))).toEqual([Math.fround(2 / 3), 2])
  })

  it('leave a class without images out', () => {
    expect(Array.from(balancedClassWeights([0, 0, 2], 3))).toEqual([0.75, 0, 1.5])
  })
})

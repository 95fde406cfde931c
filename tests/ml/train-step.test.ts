import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { createExecutor, createParameters, disposeParameters } from '../../src/ml/execute.ts'
import type { FreezePlan } from '../../src/contract/train-plan.ts'
import { weightedTargets } from '../../src/ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import { applyGradients, generalGradients, trainStep, type Trainee } from '../../src/ml/train-step.ts'
import { resolveTrainable } from '../../src/models/freeze.ts'
import { defineGraph, type Graph } from '../../src/models/graph.ts'
import { buildHead } from '../../src/models/heads/build-head.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { createRandom } from '../../src/models/random.ts'
import { elementCount, inferShapes, parametersOf } from '../../src/models/shapes.ts'
import { residualNetwork } from '../models/small-networks.ts'
import { chooseEngine, testedEngines } from './engine.ts'

const classes = 3
const batch = 4
const sgd = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const
const key = { seed: 1, step: 0 }

function classifier(head: string): Graph {
  const base = residualNetwork()
  const nodes = buildHead(head, { name: 'pool', shape: inferShapes(base).get('pool')! }, classes)
  return defineGraph({ ...base, nodes: [...base.nodes, ...nodes], output: 'head.logits' })
}

function createTrainee(graph: Graph, plan: FreezePlan): Trainee {
  const specs = parametersOf(graph)
  const trainable = resolveTrainable(graph, plan)
  const values = new Map(specs.map((spec) => [spec.name, initializeParameter(spec, 5)]))
  const trained = specs.filter((spec) => spec.trainable && trainable.has(spec.node))
  return {
    graph,
    executor: createExecutor(graph),
    parameters: createParameters(specs, values),
    specs,
    trainable,
    values: new Map([...values].map(([name, data]) => [name, Float32Array.from(data)])),
    optimizer: createOptimizer(sgd, new Map(trained.map(({ name, shape }) => [name, elementCount(shape)]))),
  }
}

function disposeTrainee({ parameters }: Trainee): void {
  disposeParameters(parameters)
}

function createBatch(weights?: number[]) {
  const random = createRandom({ seed: 2, purpose: 'images' })
  const pixels = Float32Array.from({ length: batch * 8 * 8 * 3 }, () => random.normal())
  const targets = weightedTargets([0, 2, 1, 2], classes, weights)
  return { input: pixels, shape: [8, 8, 3], rows: batch, targets, classes }
}

const read = (tensor: tf.Tensor | undefined): Float32Array => Float32Array.from(tensor!.dataSync())

describe.each(testedEngines)('a training step on %s', (engine) => {
  it.each<[string, FreezePlan]>([
    ['all layers, with batch normalization by the batch', { kind: 'none' }],
    ['later layers, above frozen normalizations', { kind: 'layers', trainable: ['b', 'depthwise', 'stem'] }],
  ])('has the gradients of finite differences: %s', async (_name, plan) => {
    await chooseEngine(engine)
    const trainee = createTrainee(classifier('5:relu'), plan)
    const data = createBatch([1, 2, 0.5])
    const before = new Map([...trainee.parameters].map(([name, tensor]) => [name, read(tensor)]))
    const lossWith = async (name: string, index: number, change: number): Promise<number> => {
      const changed = Float32Array.from(before.get(name)!)
      changed[index]! += change
      const parameters = new Map(
        [...before].map(([other, values]) => [
          other,
          tf.tensor(other === name ? changed : values, trainee.parameters.get(other)!.shape),
        ]),
      )
      const { loss } = await trainStep({ ...trainee, parameters }, data, () => 0, key)
      disposeParameters(parameters)
      return loss
    }
    const trained = trainee.specs.filter((spec) => spec.trainable && trainee.trainable.has(spec.node))
    expect(trained.length).toBeGreaterThan(6)
    const numeric = new Map<string, number[]>()
    const positionsOf = (name: string) => {
      const { length } = before.get(name)!
      return [0, Math.floor(length / 2), length - 1]
    }
    for (const { name } of trained) {
      const slopes: number[] = []
      for (const index of positionsOf(name)) {
        slopes.push(((await lossWith(name, index, 2e-3)) - (await lossWith(name, index, -2e-3))) / 4e-3)
      }
      numeric.set(name, slopes)
    }
    // The first step of a fresh optimiser with rate 1 subtracts the gradient itself.
    const fresh = createTrainee(trainee.graph, plan)
    await trainStep(fresh, data, () => 1, key)
    let checked = 0
    for (const { name } of trained) {
      const after = read(fresh.parameters.get(name))
      positionsOf(name).forEach((index, position) => {
        const gradient = before.get(name)![index]! - after[index]!
        if (Math.abs(gradient) > 1e-3) checked += 1
        expect(Math.abs(gradient - numeric.get(name)![position]!), `${name}[${index}]`).toBeLessThan(
          3e-3 + 0.03 * Math.abs(gradient),
        )
      })
    }
    expect(checked).toBeGreaterThan(10)
    for (const one of [trainee, fresh]) disposeTrainee(one)
  })

  it('changes what is trained, moving statistics included, and nothing else', async () => {
    await chooseEngine(engine)
    const trainee = createTrainee(classifier(''), { kind: 'layers', trainable: ['aNorm', 'b'] })
    const before = new Map([...trainee.parameters].map(([name, tensor]) => [name, read(tensor)]))
    const data = createBatch()
    await trainStep(trainee, data, () => 0.1, key)
    const changed = [...before].flatMap(([name, values]) => {
      const after = read(trainee.parameters.get(name))
      return values.every((value, index) => value === after[index]) ? [] : [name]
    })
    expect(changed.sort()).toEqual(
      [
        'aNorm/beta',
        'aNorm/gamma',
        'aNorm/movingMean',
        'aNorm/movingVariance',
        'b/kernel',
        'head.logits/bias',
        'head.logits/kernel',
      ].sort(),
    )
    disposeTrainee(trainee)
  })

  it('moves the statistics towards the mean and the unbiased variance of the batch', async () => {
    await chooseEngine(engine)
    const trainee = createTrainee(classifier(''), { kind: 'layers', trainable: ['stemNorm'] })
    const data = createBatch()
    const stem = tf.tidy(() => {
      const kernel = trainee.parameters.get('stem/kernel') as tf.Tensor4D
      return read(tf.conv2d(tf.tensor4d(data.input, [batch, 8, 8, 3]), kernel, 2, 'same'))
    })
    await trainStep(trainee, data, () => 0.1, key)
    const count = stem.length / 4
    const channel = stem.filter((_, index) => index % 4 === 1)
    const mean = channel.reduce((sum, value) => sum + value, 0) / count
    const variance = channel.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
    expect(read(trainee.parameters.get('stemNorm/movingMean'))[1]).toBeCloseTo(0.01 * mean, 5)
    expect(read(trainee.parameters.get('stemNorm/movingVariance'))[1]).toBeCloseTo(0.99 + 0.01 * variance, 5)
    disposeTrainee(trainee)
  })
})

describe.each(testedEngines)('training a head on %s', (engine) => {
  it('keeps the number of tensors flat and lowers the loss, with dropout too', async () => {
    await chooseEngine(engine)
    const trainee = createTrainee(classifier('6:relu6,dropout:0.25'), { kind: 'all' })
    const data = createBatch()
    const { loss: first } = await trainStep(trainee, data, () => 0.05, key)
    const tensors = tf.memory().numTensors
    let last = first
    for (let step = 1; step < 40; step += 1) {
      last = (await trainStep(trainee, data, () => 0.05, { seed: 1, step })).loss
      expect(tf.memory().numTensors).toBe(tensors)
    }
    expect(last).toBeLessThan(0.8 * first)
    disposeTrainee(trainee)
  })
})

describe.each(testedEngines)('the short way of a linear head on %s', (engine) => {
  it.each([undefined, [1, 2, 0.5]])(
    'gives what automatic differentiation gives, with class weights %o',
    async (weights) => {
      await chooseEngine(engine)
      const graph = defineGraph({
        name: 'linear',
        output: 'head.logits',
        nodes: [
          { name: 'features', op: 'input', inputs: [], attributes: { shape: [7] }, block: 'input' },
          ...buildHead('', { name: 'features', shape: [7] }, classes),
        ],
      })
      const random = createRandom({ seed: 4, purpose: 'features' })
      const data = {
        input: Float32Array.from({ length: batch * 7 }, () => random.normal()),
        shape: [7],
        rows: batch,
        targets: weightedTargets([0, 2, 1, 2], classes, weights),
        classes,
      }
      const short = createTrainee(graph, { kind: 'all' })
      const general = createTrainee(graph, { kind: 'all' })
      const tensors = tf.memory().numTensors
      for (let step = 0; step < 5; step += 1) {
        const one = await trainStep(short, data, () => 0.3, { seed: 1, step })
        const other = await generalGradients(general, data, { seed: 1, step })
        applyGradients(general, other.gradients, () => 0.3)
        expect(one.loss).toBeCloseTo(other.loss, 5)
        one.logits.forEach((logit, index) => expect(logit).toBeCloseTo(other.logits[index]!, 5))
      }
      for (const [name, values] of short.values) {
        values.forEach((value, index) =>
          expect(value, name).toBeCloseTo(general.values.get(name)![index]!, 5),
        )
        expect(read(short.parameters.get(name))).toEqual(values)
      }
      expect(tf.memory().numTensors).toBe(tensors)
      for (const one of [short, general]) disposeTrainee(one)
    },
  )
})

import * as tf from '@tensorflow/tfjs-core'
import type { Graph } from '../models/graph.ts'
import type { ParameterSpec } from '../models/shapes.ts'
import type { BatchStatistics } from './batch-normalization.ts'
import type { Executor } from './execute.ts'
import { softmaxCrossEntropy } from './losses/softmax-cross-entropy.ts'
import type { Optimizer } from './optimizers/index.ts'

/** What one batch of training is made of. */
export interface TrainBatch {
  /** float32 `[batch, ...]`, the input of the graph; it stays the caller's. */
  readonly input: tf.Tensor
  /** float32 `[batch, classes]`, from weightedTargets; it stays the caller's. */
  readonly targets: tf.Tensor2D
}

/** The part of a network that is trained, and what its steps need. */
export interface Trainee {
  readonly graph: Graph
  readonly executor: Executor
  /** All parameters of the graph; a step replaces the trained ones and the moving statistics. */
  readonly parameters: Map<string, tf.Tensor>
  readonly specs: readonly ParameterSpec[]
  /** Nodes whose parameters are trained. */
  readonly trainable: ReadonlySet<string>
  readonly optimizer: Optimizer
}

/** What a step tells. */
export interface StepResult {
  readonly loss: number
  /** float32 `[batch, classes]`, before the step. */
  readonly logits: Float32Array
}

/** One step: forward, loss, gradients, moving statistics, update. Everything it makes is freed but the parameters' new values. */
export async function trainStep(
  { graph, executor, parameters, specs, trainable, optimizer }: Trainee,
  { input, targets }: TrainBatch,
  learningRateOf: (name: string) => number,
  key: { readonly seed: number; readonly step: number },
): Promise<StepResult> {
  const trained = specs.filter((spec) => spec.trainable && trainable.has(spec.node)).map(({ name }) => name)
  const statistics: [node: string, statistics: BatchStatistics][] = []
  let logits: tf.Tensor | undefined
  const forward = (...values: tf.Tensor[]): tf.Scalar => {
    const current = new Map<string, tf.Tensor>(parameters)
    trained.forEach((name, index) => {
      const value = values[index]
      if (value !== undefined) current.set(name, value)
    })
    const output = executor.train(input, current, {
      trainable,
      ...key,
      onStatistics: (node, batch) => statistics.push([node, batch]),
    })
    logits = tf.keep(tf.clone(output))
    return softmaxCrossEntropy(output as tf.Tensor2D, targets)
  }
  const { value, grads } = tf.valueAndGrads(forward)(trained.map((name) => parameters.get(name) as tf.Tensor))
  try {
    optimizer.apply(
      parameters,
      new Map(trained.map((name, index) => [name, grads[index] as tf.Tensor])),
      learningRateOf,
    )
    updateMovingStatistics(graph, parameters, statistics)
    const [loss, values] = await Promise.all([value.data(), (logits as unknown as tf.Tensor).data()])
    return { loss: loss[0] ?? NaN, logits: values as Float32Array }
  } finally {
    tf.dispose([value, grads, logits as unknown as tf.Tensor])
    for (const [, batch] of statistics) tf.dispose([batch.mean, batch.variance])
  }
}

function updateMovingStatistics(
  graph: Graph,
  parameters: Map<string, tf.Tensor>,
  statistics: readonly [string, BatchStatistics][],
): void {
  for (const [name, { mean, variance }] of statistics) {
    const node = graph.nodes.find((candidate) => candidate.name === name)
    if (node?.op !== 'batchNormalization') continue
    const { momentum } = node.attributes
    const move = (role: string, batch: tf.Tensor): void => {
      const key = `${name}/${role}`
      const moving = parameters.get(key)
      if (moving === undefined) return
      const next = tf.tidy(() => tf.add(tf.mul(moving, momentum), tf.mul(batch, 1 - momentum)))
      moving.dispose()
      parameters.set(key, tf.keep(next))
    }
    move('movingMean', mean)
    move('movingVariance', variance)
  }
}

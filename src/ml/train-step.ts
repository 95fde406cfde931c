import * as tf from '@tensorflow/tfjs-core'
import type { Graph } from '../models/graph.ts'
import type { ParameterSpec } from '../models/shapes.ts'
import type { BatchStatistics } from './batch-normalization.ts'
import type { Executor } from './execute.ts'
import { linearLayerOf, linearStep } from './linear-step.ts'
import { softmaxCrossEntropy } from './losses/softmax-cross-entropy.ts'
import type { Optimizer } from './optimizers/index.ts'

/** What one batch of training is made of. */
export interface TrainBatch {
  /** float32 `[rows, ...shape]`, the input of the graph. */
  readonly input: Float32Array
  /** Of one row. */
  readonly shape: readonly number[]
  readonly rows: number
  /** float32 `[rows, classes]`, from weightedTargets. */
  readonly targets: Float32Array
  readonly classes: number
}

/** The part of a network that is trained, and what its steps need. */
export interface Trainee {
  readonly graph: Graph
  readonly executor: Executor
  /** All parameters of the graph on the engine; a step replaces those that changed. */
  readonly parameters: Map<string, tf.Tensor>
  /** The values of the trained parameters and moving statistics, which steps change in place. */
  readonly values: ReadonlyMap<string, Float32Array>
  readonly specs: readonly ParameterSpec[]
  /** Nodes whose parameters are trained. */
  readonly trainable: ReadonlySet<string>
  readonly optimizer: Optimizer
}

/** What a step tells. */
export interface StepResult {
  readonly loss: number
  /** float32 `[rows, classes]`, before the step. */
  readonly logits: Float32Array
}

/** Which step it is, for what is random in it. */
export interface StepKey {
  readonly seed: number
  readonly step: number
}

/**
 * One step: forward, loss, gradients, moving statistics, update. Everything it makes is freed but the parameters' new values. Where a
 * linear layer is all there is, it is done with two products of matrices.
 */
export async function trainStep(
  trainee: Trainee,
  batch: TrainBatch,
  learningRateOf: (name: string) => number,
  key: StepKey,
): Promise<StepResult> {
  const linear = linearLayerOf(trainee.graph)
  if (linear !== null && trainee.trainable.has(linear.name)) {
    return linearStep(linear, trainee, batch, learningRateOf)
  }
  return generalStep(trainee, batch, learningRateOf, key)
}

/** {@link trainStep} by automatic differentiation, whatever the graph. */
export async function generalStep(
  { graph, executor, parameters, values, specs, trainable, optimizer }: Trainee,
  batch: TrainBatch,
  learningRateOf: (name: string) => number,
  key: StepKey,
): Promise<StepResult> {
  const trained = specs.filter((spec) => spec.trainable && trainable.has(spec.node))
  const statistics: [node: string, statistics: BatchStatistics][] = []
  const input = tf.tensor(batch.input, [batch.rows, ...batch.shape])
  const targets = tf.tensor2d(batch.targets, [batch.rows, batch.classes])
  let logits: tf.Tensor | undefined
  const forward = (...current: tf.Tensor[]): tf.Scalar => {
    const all = new Map<string, tf.Tensor>(parameters)
    trained.forEach(({ name }, index) => all.set(name, current[index] as tf.Tensor))
    const output = executor.train(input, all, {
      trainable,
      ...key,
      onStatistics: (node, batchStatistics) => statistics.push([node, batchStatistics]),
    })
    logits = tf.keep(tf.clone(output))
    return softmaxCrossEntropy(output as tf.Tensor2D, targets)
  }
  const made: tf.Tensor[] = [input, targets]
  try {
    const { value, grads } = tf.valueAndGrads(forward)(
      trained.map(({ name }) => parameters.get(name) as tf.Tensor),
    )
    made.push(value, ...grads)
    const [loss, logitValues, ...gradients] = (await Promise.all(
      [value, logits as unknown as tf.Tensor, ...grads].map((tensor) => tensor.data()),
    )) as Float32Array[]
    optimizer.apply(
      values,
      new Map(trained.map(({ name }, index) => [name, gradients[index] as Float32Array])),
      learningRateOf,
    )
    const changed = new Set(trained.map(({ name }) => name))
    for (const [node, batchStatistics] of statistics) {
      for (const name of await moveStatistics(graph, node, batchStatistics, values)) changed.add(name)
    }
    for (const { name, shape } of specs) {
      if (changed.has(name)) replaceParameter(parameters, name, shape, values.get(name) as Float32Array)
    }
    return { loss: loss?.[0] ?? NaN, logits: logitValues as Float32Array }
  } finally {
    tf.dispose(made)
    logits?.dispose()
    for (const [, { mean, variance }] of statistics) tf.dispose([mean, variance])
  }
}

/** Puts new values of a parameter on the engine and frees the old tensor. */
export function replaceParameter(
  parameters: Map<string, tf.Tensor>,
  name: string,
  shape: readonly number[],
  values: Float32Array,
): void {
  parameters.get(name)?.dispose()
  parameters.set(name, tf.keep(tf.tensor(values, [...shape], 'float32')))
}

/** @returns the names of the parameters that changed */
async function moveStatistics(
  graph: Graph,
  name: string,
  { mean, variance }: BatchStatistics,
  values: ReadonlyMap<string, Float32Array>,
): Promise<string[]> {
  const node = graph.nodes.find((candidate) => candidate.name === name)
  if (node?.op !== 'batchNormalization') return []
  const { momentum } = node.attributes
  const move = async (role: string, batch: tf.Tensor): Promise<string> => {
    const moving = values.get(`${name}/${role}`) as Float32Array
    const current = await batch.data()
    for (let index = 0; index < moving.length; index += 1) {
      moving[index] = momentum * (moving[index] as number) + (1 - momentum) * (current[index] as number)
    }
    return `${name}/${role}`
  }
  return Promise.all([move('movingMean', mean), move('movingVariance', variance)])
}

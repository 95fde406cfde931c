import * as tf from '@tensorflow/tfjs-core'
import type { Graph } from '../models/graph.ts'
import type { ParameterRole } from '../models/ops.ts'
import type { ParameterSpec } from '../models/shapes.ts'
import type { BatchStatistics } from './batch-normalization.ts'
import { createDropoutMask, type Executor } from './execute.ts'
import { linearGradients, linearLayerOf } from './linear-step.ts'
import { differentiateCrossEntropy, softmaxCrossEntropy } from './losses/softmax-cross-entropy.ts'
import { isNative } from './native/backend.ts'
import { runReversePass } from './native/reverse-pass.ts'
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

/** Mean and unbiased variance of a batch in one normalization, `[channels]` each. */
export interface LayerStatistics {
  readonly mean: Float32Array
  readonly variance: Float32Array
}

/** What a batch tells, before anything is changed by it. */
export interface BatchGradients extends StepResult {
  /** Of the loss, by the name of each trained parameter; the caller's own. */
  readonly gradients: Map<string, Float32Array>
  /** By the name of each trained batch normalization. */
  readonly statistics: ReadonlyMap<string, LayerStatistics>
}

/** One step: gradients, moving statistics, update. Everything it makes is freed but the parameters' new values. */
export async function trainStep(
  trainee: Trainee,
  batch: TrainBatch,
  learningRateOf: (name: string) => number,
  key: StepKey,
): Promise<StepResult> {
  const { loss, logits, gradients, statistics } = await computeGradients(trainee, batch, key)
  applyStatistics(trainee, statistics)
  applyGradients(trainee, gradients, learningRateOf)
  return { loss, logits }
}

/**
 * Forward and backward pass of one batch; it changes nothing. Where a linear layer is all there is, it is done with two products of
 * matrices.
 */
export async function computeGradients(
  trainee: Trainee,
  batch: TrainBatch,
  key: StepKey,
): Promise<BatchGradients> {
  const linear = linearLayerOf(trainee.graph)
  if (linear !== null && trainee.trainable.has(linear.name)) return linearGradients(linear, trainee, batch)
  return isNative() ? reverseGradients(trainee, batch, key) : generalGradients(trainee, batch, key)
}

/** Changes parameters by gradients that {@link computeGradients} gave, as they are or combined, and puts them on the engine. */
export function applyGradients(
  { parameters, values, specs, optimizer }: Trainee,
  gradients: ReadonlyMap<string, Float32Array>,
  learningRateOf: (name: string) => number,
): void {
  optimizer.apply(values, gradients, learningRateOf)
  for (const { name, shape } of specs) {
    if (gradients.has(name)) replaceParameter(parameters, name, shape, values.get(name) as Float32Array)
  }
}

/** Moves the moving statistics of batch normalizations towards those of a batch, and puts them on the engine. */
export function applyStatistics(
  { graph, parameters, values }: Trainee,
  statistics: ReadonlyMap<string, LayerStatistics>,
): void {
  for (const node of graph.nodes) {
    const batch = statistics.get(node.name)
    if (node.op !== 'batchNormalization' || batch === undefined) continue
    const { momentum } = node.attributes
    const move = (role: ParameterRole, current: Float32Array): void => {
      const name = `${node.name}/${role}`
      const moving = values.get(name) as Float32Array
      for (let index = 0; index < moving.length; index += 1) {
        moving[index] = momentum * (moving[index] as number) + (1 - momentum) * (current[index] as number)
      }
      replaceParameter(parameters, name, [moving.length], moving)
    }
    move('movingMean', batch.mean)
    move('movingVariance', batch.variance)
  }
}

/** {@link computeGradients} on the native engine, by the gradient of each layer, which frees maps as early as can be. */
function reverseGradients(
  { graph, parameters, trainable }: Trainee,
  batch: TrainBatch,
  key: StepKey,
): BatchGradients {
  const statistics = new Map<string, LayerStatistics>()
  const gradients = new Map<string, Float32Array>()
  let loss = NaN
  let logits: Float32Array = new Float32Array()
  const input = tf.tensor(batch.input, [batch.rows, ...batch.shape])
  try {
    runReversePass({
      graph,
      input,
      parameters,
      trainable,
      dropoutMask: (node, shape, rate) => createDropoutMask(node, shape, rate, key),
      onStatistics(node, { mean, variance }) {
        statistics.set(node, { mean: valuesOf(mean), variance: valuesOf(variance) })
        tf.dispose([mean, variance])
      },
      slopesOf(output) {
        logits = valuesOf(output)
        const result = differentiateCrossEntropy(logits, batch.targets, batch.classes)
        loss = result.loss
        return tf.tensor(result.slopes, output.shape)
      },
      onGradient: (name, gradient) => gradients.set(name, valuesOf(gradient)),
    })
  } finally {
    input.dispose()
  }
  return { loss, logits, gradients, statistics }
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array
}

/** {@link computeGradients} by automatic differentiation, whatever the graph and the engine. */
export async function generalGradients(
  { executor, parameters, specs, trainable }: Trainee,
  batch: TrainBatch,
  key: StepKey,
): Promise<BatchGradients> {
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
    const [loss, logitValues, ...gradients] = await Promise.all(
      [value, logits as unknown as tf.Tensor, ...grads].map(read),
    )
    return {
      loss: loss?.[0] ?? NaN,
      logits: logitValues as Float32Array,
      gradients: new Map(trained.map(({ name }, index) => [name, gradients[index] as Float32Array])),
      statistics: new Map(
        await Promise.all(
          statistics.map(async ([node, { mean, variance }]): Promise<[string, LayerStatistics]> => [
            node,
            { mean: await read(mean), variance: await read(variance) },
          ]),
        ),
      ),
    }
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

/** A copy: some engines hand out their own memory. */
async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array
  return tf.getBackend() === 'tensorflow' ? values : Float32Array.from(values)
}

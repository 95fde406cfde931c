import * as tf from '@tensorflow/tfjs-core'
import type { Graph } from '../../models/graph.ts'
import { inferShapes } from '../../models/shapes.ts'
import { createExecutor, type ParameterTensors } from '../execute.ts'
import { isNative } from '../native/backend.ts'
import { runReversePass } from '../native/reverse-pass.ts'

/** A layer's value for one image, and how the score of a class changes with it. */
export interface LayerGradient {
  /** float32 `[height, width, channels]`. */
  readonly activations: Float32Array
  /** Of the class's logit by each of `activations`. */
  readonly gradients: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** What a layer's gradient is found from. */
export interface LayerGradientOptions {
  /** From the image to the logits. @see inferenceGraph */
  readonly graph: Graph
  readonly parameters: ParameterTensors
  /** float32 `[1, height, width, 3]`; it stays the caller's. */
  readonly input: tf.Tensor
  /** A node whose value is a map. */
  readonly layer: string
  readonly classIndex: number
}

const nothing: ReadonlySet<string> = new Set()

/**
 * The gradient of one logit by the value of a layer, in inference mode: by the reverse pass on the native engine, by TensorFlow.js's on
 * others. Everything that it makes on the engine is freed.
 */
export async function differentiateByLayer(options: LayerGradientOptions): Promise<LayerGradient> {
  return isNative() ? reverseGradient(options) : recordedGradient(options)
}

function reverseGradient({
  graph,
  parameters,
  input,
  layer,
  classIndex,
}: LayerGradientOptions): LayerGradient {
  let found: LayerGradient | undefined
  runReversePass({
    graph,
    input,
    parameters,
    trainable: nothing,
    dropoutMask: (_node, shape) => tf.ones([...shape]),
    onStatistics: (_node, statistics) => tf.dispose([statistics.mean, statistics.variance]),
    slopesOf: (output) => oneHot(classIndex, output.shape),
    onGradient: () => {},
    watched: {
      node: layer,
      onGradient(value, gradient) {
        found = asLayerGradient(value.shape, value.dataSync(), gradient.dataSync())
      },
    },
  })
  return found ?? notReached(graph, layer)
}

async function recordedGradient({
  graph,
  parameters,
  input,
  layer,
  classIndex,
}: LayerGradientOptions): Promise<LayerGradient> {
  const executor = createExecutor(graph, layer)
  const shape = inferShapes(graph).get(layer) ?? []
  const change = tf.zeros([1, ...shape])
  let value: tf.Tensor | undefined
  // The value is made on the way and is no input: what it is differentiated by is a change of it, which is zero.
  const scoreOf = (added: tf.Tensor): tf.Tensor => {
    const logits = executor.train(input, parameters, {
      trainable: nothing,
      seed: 0,
      step: 0,
      onStatistics: (_node, statistics) => tf.dispose([statistics.mean, statistics.variance]),
      through(node, made) {
        if (node !== layer) return made
        value = tf.keep(tf.clone(made))
        return tf.add(made, added)
      },
    })
    return tf.sum(tf.mul(logits, oneHot(classIndex, logits.shape)))
  }
  const gradient = tf.grad(scoreOf)(change)
  try {
    if (value === undefined) return notReached(graph, layer)
    // Copies, as some engines hand out their own memory.
    const [activations, gradients] = await Promise.all([value.data(), gradient.data()])
    return asLayerGradient(value.shape, Float32Array.from(activations), Float32Array.from(gradients))
  } finally {
    tf.dispose([change, gradient])
    value?.dispose()
  }
}

function oneHot(index: number, shape: readonly number[]): tf.Tensor {
  const values = new Float32Array(shape.at(-1) ?? 0)
  values[index] = 1
  return tf.tensor(values, [...shape])
}

function asLayerGradient(
  shape: readonly number[],
  activations: tf.TypedArray,
  gradients: tf.TypedArray,
): LayerGradient {
  const [, height = 0, width = 0, channels = 0] = shape
  return {
    activations: activations as Float32Array,
    gradients: gradients as Float32Array,
    height,
    width,
    channels,
  }
}

function notReached(graph: Graph, layer: string): never {
  throw new Error(`The result of '${graph.name}' does not depend on '${layer}'.`)
}

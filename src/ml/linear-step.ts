import * as tf from '@tensorflow/tfjs-core'
import type { Graph, GraphNode } from '../models/graph.ts'
import { differentiateCrossEntropy } from './losses/softmax-cross-entropy.ts'
import type { BatchGradients, TrainBatch, Trainee } from './train-step.ts'

type DenseNode = Extract<GraphNode, { op: 'dense' }>

/** The only layer of a graph that is one linear layer on vectors, which is the usual head; otherwise null. */
export function linearLayerOf(graph: Graph): DenseNode | null {
  const [input, layer, ...others] = graph.nodes
  if (input?.op !== 'input' || input.attributes.shape.length !== 1) return null
  if (layer?.op !== 'dense' || others.length > 0 || layer.name !== graph.output) return null
  return layer
}

/**
 * The gradients of one linear layer with softmax cross-entropy: the engine makes the two large products, logits = x W and
 * dW = xT dLogits; the rest is small and done here.
 */
export async function linearGradients(
  layer: DenseNode,
  { parameters, values }: Pick<Trainee, 'parameters' | 'values'>,
  { input, shape, rows, targets, classes }: TrainBatch,
): Promise<BatchGradients> {
  const kernelName = `${layer.name}/kernel`
  const biasName = `${layer.name}/bias`
  const bias = layer.attributes.useBias ? (values.get(biasName) as Float32Array) : new Float32Array(classes)
  const x = tf.tensor2d(input, [rows, shape[0] as number])
  const product = tf.matMul(x, parameters.get(kernelName) as tf.Tensor2D)
  // A copy: the bias is added in place, and some engines hand out their own memory.
  const logits = Float32Array.from((await product.data()) as Float32Array)
  for (let index = 0; index < logits.length; index += 1) {
    logits[index] = (logits[index] as number) + (bias[index % classes] as number)
  }
  const { loss, slopes } = differentiateCrossEntropy(logits, targets, classes)
  const slopesTensor = tf.tensor2d(slopes, [rows, classes])
  const kernelGradient = tf.matMul(x, slopesTensor, true)
  const gradients = new Map<string, Float32Array>([
    [kernelName, Float32Array.from((await kernelGradient.data()) as Float32Array)],
  ])
  if (layer.attributes.useBias) gradients.set(biasName, sumRows(slopes, classes))
  tf.dispose([x, product, slopesTensor, kernelGradient])
  return { loss, logits, gradients, statistics: new Map() }
}

function sumRows(slopes: Float32Array, classes: number): Float32Array {
  const sums = new Float32Array(classes)
  for (let index = 0; index < slopes.length; index += 1) {
    sums[index % classes] = (sums[index % classes] as number) + (slopes[index] as number)
  }
  return sums
}

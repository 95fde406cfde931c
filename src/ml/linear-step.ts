import * as tf from '@tensorflow/tfjs-core'
import type { Graph, GraphNode } from '../models/graph.ts'
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
  const { loss, slopes, biasSlopes } = differentiate(logits, bias, targets, classes)
  const slopesTensor = tf.tensor2d(slopes, [rows, classes])
  const kernelGradient = tf.matMul(x, slopesTensor, true)
  const gradients = new Map([[kernelName, Float32Array.from((await kernelGradient.data()) as Float32Array)]])
  if (layer.attributes.useBias) gradients.set(biasName, biasSlopes)
  tf.dispose([x, product, slopesTensor, kernelGradient])
  return { loss, logits, gradients, statistics: new Map() }
}

/** Adds the bias to `logits` in place; the loss, and its slopes by the logits and the bias. */
function differentiate(logits: Float32Array, bias: Float32Array, targets: Float32Array, classes: number) {
  const slopes = new Float32Array(logits.length)
  const biasSlopes = new Float32Array(classes)
  let loss = 0
  for (let start = 0; start < logits.length; start += classes) {
    let highest = -Infinity
    let mass = 0
    for (let index = 0; index < classes; index += 1) {
      const logit = (logits[start + index] as number) + (bias[index] as number)
      logits[start + index] = logit
      highest = Math.max(highest, logit)
      mass += targets[start + index] as number
    }
    let sum = 0
    for (let index = 0; index < classes; index += 1) {
      sum += Math.exp((logits[start + index] as number) - highest)
    }
    const logSum = Math.log(sum) + highest
    for (let index = 0; index < classes; index += 1) {
      const logProbability = (logits[start + index] as number) - logSum
      const target = targets[start + index] as number
      if (target !== 0) loss -= target * logProbability
      const slope = Math.exp(logProbability) * mass - target
      slopes[start + index] = slope
      biasSlopes[index] = (biasSlopes[index] as number) + slope
    }
  }
  return { loss, slopes, biasSlopes }
}

import * as tf from '@tensorflow/tfjs-core'
import type { GraphNode } from '../models/graph.ts'
import type { Attributes, Op, ParameterRole } from '../models/ops.ts'
import type { Window2d } from '../models/windows.ts'
import { isNative } from './native/backend.ts'
import { inferActivation, inferConvolution, inferLayerNormalization } from './native/inference.ts'
import { nativeNormalize } from './native/normalization.ts'
import { isDilated, withoutDilation, type PlainKernel } from './dilated-kernel.ts'
import { averagePool, maxPool } from './pooling.ts'
import { normalizeBatch, type BatchStatistics } from './batch-normalization.ts'

/** An activation that a layer with weights may take into its own kernel. */
export type FusedActivation = 'relu' | 'relu6'

/** What an operation is given besides its attributes. */
export interface OperationContext {
  readonly inputs: readonly tf.Tensor[]
  /** A parameter of this layer, in TensorFlow's layout. */
  readonly parameter: (role: ParameterRole) => tf.Tensor
  /** To apply to the result; given only to operations that take one. */
  readonly activation: FusedActivation | undefined
  /** Set where the layer behaves as in training: dropout drops, batch normalization uses and reports the batch's statistics. */
  readonly training: LayerTraining | undefined
}

/** What a layer needs in a training step only. */
export interface LayerTraining {
  /** A random mask for dropout: `[batch, ...]` of 0 and 1 / (1 - rate), float32. */
  readonly dropoutMask: (shape: readonly number[], rate: number) => tf.Tensor
  /** Whether this layer's own parameters are trained. */
  readonly trainable: boolean
  /** Takes over both tensors. */
  readonly reportStatistics: (statistics: BatchStatistics) => void
}

/** TensorFlow.js has no gradient of a dilated convolution. */
function plain(kernel: tf.Tensor4D, window: Window2d): PlainKernel {
  return isDilated(window) ? withoutDilation(kernel, window) : { kernel, window }
}

type Run<K extends Op> = (context: OperationContext, attributes: Attributes[K]) => tf.Tensor

/** How each operation of a graph is computed; maps are `[batch, height, width, channels]`, vectors `[batch, features]`, float32. */
const operations: { readonly [K in Op]: Run<K> } = {
  input: ({ inputs }) => only(inputs),
  conv2d: (context, attributes) => {
    const { inputs, parameter, activation } = context
    if (infersNatively(context)) return convolveNatively('conv2d', context, attributes)
    const { kernel, window } = plain(parameter('kernel') as tf.Tensor4D, attributes)
    return tf.fused.conv2d({
      x: padExplicitly(only(inputs), window),
      filter: kernel,
      strides: [...window.strides],
      pad: implicitPadding(window),
      ...(attributes.useBias ? { bias: parameter('bias') } : {}),
      activation: activation ?? 'linear',
    })
  },
  depthwiseConv2d: (context, attributes) => {
    const { inputs, parameter, activation } = context
    if (infersNatively(context)) return convolveNatively('depthwiseConv2d', context, attributes)
    const { kernel, window } = plain(parameter('depthwiseKernel') as tf.Tensor4D, attributes)
    return tf.fused.depthwiseConv2d({
      x: padExplicitly(only(inputs), window),
      filter: kernel,
      strides: [...window.strides],
      pad: implicitPadding(window),
      ...(attributes.useBias ? { bias: parameter('bias') } : {}),
      activation: activation ?? 'linear',
    })
  },
  batchNormalization: ({ inputs, parameter, training }, { epsilon }) => {
    const x = only(inputs)
    const gamma = parameter('gamma') as tf.Tensor1D
    const beta = parameter('beta') as tf.Tensor1D
    if (training?.trainable) {
      const { value, statistics } = normalizeBatch(x, gamma, beta, epsilon)
      training.reportStatistics(statistics)
      return value
    }
    const mean = parameter('movingMean') as tf.Tensor1D
    const variance = parameter('movingVariance') as tf.Tensor1D
    if (training === undefined && isNative()) {
      const parameters = { gamma, beta, movingMean: mean, movingVariance: variance }
      return nativeNormalize(x, parameters, { epsilon, training: false, activation: 'linear' }).value
    }
    // As one factor and one offset: the moving statistics are constants here, and this has a gradient on every engine.
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)))
    return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)))
  },
  relu: ({ inputs }) => tf.relu(only(inputs)),
  relu6: ({ inputs }) => tf.relu6(only(inputs)),
  leakyRelu: ({ inputs }, { negativeSlope }) => tf.leakyRelu(only(inputs), negativeSlope),
  sigmoid: ({ inputs }) => tf.sigmoid(only(inputs)),
  tanh: ({ inputs }) => tf.tanh(only(inputs)),
  hardSigmoid: ({ inputs }) => hardSigmoid(only(inputs)),
  swish: (context) => {
    const x = only(context.inputs)
    return (infersNatively(context) ? inferActivation(x, 'swish') : null) ?? tf.mul(x, tf.sigmoid(x))
  },
  hardSwish: (context) => {
    const x = only(context.inputs)
    return (infersNatively(context) ? inferActivation(x, 'hardSwish') : null) ?? tf.mul(x, hardSigmoid(x))
  },
  gelu: (context) => {
    const x = only(context.inputs)
    const inOnePass = infersNatively(context) ? inferActivation(x, 'gelu') : null
    return inOnePass ?? tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))
  },
  maxPooling2d: ({ inputs }, window) => maxPool(only(inputs), window),
  averagePooling2d: ({ inputs }, window) => averagePool(only(inputs), window),
  zeroPadding2d: ({ inputs }, window) => padExplicitly(only(inputs), window),
  layerNormalization: (context, { epsilon }) => {
    const x = only(context.inputs)
    const [gamma, beta] = [context.parameter('gamma'), context.parameter('beta')]
    const inOnePass = infersNatively(context) ? inferLayerNormalization(x, gamma, beta, epsilon) : null
    if (inOnePass !== null) return inOnePass
    const { mean, variance } = tf.moments(x, -1, true)
    const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), gamma)
    return tf.add(tf.mul(tf.sub(x, mean), scale), beta)
  },
  layerScale: ({ inputs, parameter }) => tf.mul(only(inputs), parameter('gamma')),
  multiply: ({ inputs }) => inputs.slice(1).reduce((product, input) => tf.mul(product, input), only(inputs)),
  concatenate: ({ inputs }) => tf.concat([...inputs], -1),
  reshape: ({ inputs }, { shape }) => {
    const x = only(inputs)
    return tf.reshape(x, [x.shape[0] ?? 0, ...shape])
  },
  add: ({ inputs }) => inputs.slice(1).reduce((sum, input) => tf.add(sum, input), only(inputs)),
  globalAveragePooling2d: ({ inputs }) => tf.mean(only(inputs), [1, 2]),
  flatten: ({ inputs }) => {
    const x = only(inputs)
    return tf.reshape(x, [x.shape[0] ?? 0, -1])
  },
  dense: ({ inputs, parameter, activation }, { useBias }) =>
    tf.fused.matMul({
      a: only(inputs) as tf.Tensor2D,
      b: parameter('kernel') as tf.Tensor2D,
      ...(useBias ? { bias: parameter('bias') } : {}),
      activation: activation ?? 'linear',
    }),
  dropout: ({ inputs, training }, { rate }) => {
    const x = only(inputs)
    if (training === undefined || rate === 0) return tf.clone(x)
    return tf.mul(x, training.dropoutMask(x.shape, rate))
  },
}

/** Operations that take an activation into their kernel. */
export const fusingOps: ReadonlySet<Op> = new Set<Op>(['conv2d', 'depthwiseConv2d', 'dense'])

/**
 * Computes one layer. The caller disposes the result, and what else was made on the way (call it in `tf.tidy`).
 *
 * @returns float32 `[batch, ...]`
 */
export function runOperation(node: GraphNode, context: OperationContext): tf.Tensor {
  return (operations[node.op] as Run<Op>)(context, node.attributes)
}

function only<T extends tf.Tensor = tf.Tensor4D>(inputs: readonly tf.Tensor[]): T {
  const [first] = inputs
  if (first === undefined) throw new Error('A layer was run without its input.')
  return first as T
}

/** Whether no gradient is wanted and TensorFlow's own kernels are there. */
function infersNatively({ training }: OperationContext): boolean {
  return training === undefined && isNative()
}

function convolveNatively(
  kind: 'conv2d' | 'depthwiseConv2d',
  { inputs, parameter, activation }: OperationContext,
  { useBias, ...window }: Window2d & { readonly useBias: boolean },
): tf.Tensor {
  return inferConvolution(only(inputs), {
    kind,
    kernel: parameter(kind === 'conv2d' ? 'kernel' : 'depthwiseKernel') as tf.Tensor4D,
    bias: useBias ? parameter('bias') : undefined,
    activation,
    window,
  })
}

function hardSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)
}

/** Not every engine's kernels take padding in pixels, so it is made apart. */
function padExplicitly(x: tf.Tensor4D, { padding }: Pick<Window2d, 'padding'>): tf.Tensor4D {
  if (padding === 'same' || padding === 'valid') return x
  const [[top, bottom], [left, right]] = padding
  return tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ])
}

function implicitPadding({ padding }: Window2d): 'same' | 'valid' {
  return padding === 'same' ? 'same' : 'valid'
}

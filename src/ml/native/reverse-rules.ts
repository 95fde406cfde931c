import * as tf from '@tensorflow/tfjs-core'
import type { GraphNode } from '../../models/graph.ts'
import type { Op, ParameterRole } from '../../models/ops.ts'
import type { BatchStatistics } from '../batch-normalization.ts'
import { runNativeForOne } from './backend.ts'
import {
  convolutionInputGradient,
  convolutionKernelGradient,
  nativeConvolution,
  nativeDepthwiseConvolution,
} from './convolution.ts'
import {
  byRecording,
  generalRule,
  recorded,
  type Backward,
  type Forward,
  type Needs,
  type Rule,
  type RuleContext,
  type RuleGradients,
} from './general-rule.ts'
import {
  activationGradient,
  nativeNormalize,
  nativeNormalizeGradient,
  type NormalizationActivation,
} from './normalization.ts'
import { poolGradient, poolMaximum } from './pooling.ts'

const float = { T: { type: 'float32' } } as const

const add: Rule<'add'> = {
  needs: { inputs: false, output: false },
  forward: recorded,
  backward: ({ dy, wanted }) => ({ inputs: wanted.map(() => tf.clone(dy)), parameters: {} }),
}

const reshaping: Rule<'flatten' | 'reshape'> = {
  needs: { inputs: false, output: false },
  forward: recorded,
  backward: ({ dy, inputShapes }) => ({
    inputs: [tf.reshape(dy, inputShapes[0] as number[])],
    parameters: {},
  }),
}

/** Rules by hand, for what most networks consist of. */
const rules: { readonly [K in Op]?: Rule<K> } = {
  conv2d: convolution('kernel', 'Conv2D'),
  depthwiseConv2d: convolution('depthwiseKernel', 'DepthwiseConv2dNative'),
  dense: {
    needs: { inputs: true, output: false },
    forward: (context, { useBias }) => {
      const product = tf.matMul(first(context), context.parameter('kernel') as tf.Tensor2D)
      return { value: finish(product, context, useBias), saved: [] }
    },
    backward: (context, { useBias }) => {
      const { x, dy, bias } = begin(context, useBias)
      const kernel = context.trainable ? tf.matMul(x as tf.Tensor2D, dy as tf.Tensor2D, true) : undefined
      const input = context.wanted[0]
        ? tf.matMul(dy as tf.Tensor2D, context.parameter('kernel') as tf.Tensor2D, false, true)
        : undefined
      dy.dispose()
      return { inputs: [input], parameters: present({ kernel, bias }) }
    },
  },
  batchNormalization: {
    needs: { inputs: true, output: false },
    forward: (context, { epsilon }) => {
      const { inputs, hasShortcut, activation, trainable: training } = context
      const { value, mean, variance, saved } = nativeNormalize(
        first(context),
        normalizationParameters(context),
        { epsilon, training, activation },
        hasShortcut ? inputs[1] : undefined,
      )
      if (training) {
        const statistics = { mean: tf.clone(mean), variance: tf.clone(variance) } as BatchStatistics
        context.reportStatistics(statistics)
      }
      const kept = new Set(saved)
      for (const tensor of [mean, variance]) if (!kept.has(tensor)) tensor.dispose()
      return { value, saved }
    },
    backward: (context, { epsilon }) => {
      const { dy, output, saved, activation, trainable: training, hasShortcut } = context
      const { input, gamma, beta, shortcut } = nativeNormalizeGradient(
        dy,
        output ?? dy,
        first(context),
        context.parameter('gamma'),
        saved,
        { epsilon, training, activation },
        hasShortcut,
      )
      return { inputs: [input, ...(shortcut === undefined ? [] : [shortcut])], parameters: { gamma, beta } }
    },
  },
  relu: rectifier('relu'),
  relu6: rectifier('relu6'),
  add,
  flatten: reshaping,
  reshape: reshaping,
  maxPooling2d: {
    needs: { inputs: true, output: true },
    forward: (context, window) =>
      window.dilation.every((step) => step === 1)
        ? { value: poolMaximum(first(context), window), saved: [] }
        : recorded(context),
    backward: (context, window) => {
      if (window.dilation.some((step) => step > 1)) return byRecording(context)
      const { dy, output } = context
      const input = poolGradient(first(context), output as tf.Tensor4D, dy as tf.Tensor4D, window)
      return { inputs: [input], parameters: {} }
    },
  },
  globalAveragePooling2d: {
    needs: { inputs: false, output: false },
    forward: recorded,
    backward: ({ dy, inputShapes }) => {
      const [batch, height, width, channels] = inputShapes[0] as [number, number, number, number]
      const input = tf.tidy(() => {
        const share = tf.reshape(tf.div(dy, height * width), [batch, 1, 1, channels])
        return tf.tile(share, [1, height, width, 1])
      })
      return { inputs: [input], parameters: {} }
    },
  },
  concatenate: {
    needs: { inputs: false, output: false },
    forward: recorded,
    backward: ({ dy, inputShapes }) => {
      const sizes = inputShapes.map((shape) => shape.at(-1) as number)
      return { inputs: tf.split(dy, sizes, -1), parameters: {} }
    },
  },
  dropout: {
    needs: { inputs: false, output: false },
    forward: (context, { rate }) => {
      const x = first(context)
      if (rate === 0) return { value: tf.clone(x), saved: [] }
      const mask = context.dropoutMask(x.shape, rate)
      return { value: tf.mul(x, mask), saved: [mask] }
    },
    backward: ({ dy, saved: [mask] }) => ({
      inputs: [mask === undefined ? tf.clone(dy) : tf.mul(dy, mask)],
      parameters: {},
    }),
  },
}

/** What the backward pass of a step reads. */
export function needsOf(node: GraphNode, activation: NormalizationActivation): Needs {
  const { inputs, output } = ruleOf(node).needs
  return { inputs, output: output || activation !== 'linear' }
}

/** The forward pass of a step. */
export function runForward(context: RuleContext): Forward {
  return ruleOf(context.node).forward(context, context.node.attributes)
}

/** The backward pass of a step. */
export function runBackward(context: Backward): RuleGradients {
  return ruleOf(context.node).backward(context, context.node.attributes)
}

function ruleOf({ op }: GraphNode): Rule<Op> {
  return (rules[op] as Rule<Op> | undefined) ?? generalRule
}

function first(context: RuleContext): tf.Tensor4D {
  return context.inputs[0] as tf.Tensor4D
}

function normalizationParameters({ parameter }: RuleContext) {
  const [gamma, beta] = [parameter('gamma'), parameter('beta')]
  return { gamma, beta, movingMean: parameter('movingMean'), movingVariance: parameter('movingVariance') }
}

function convolution<K extends 'conv2d' | 'depthwiseConv2d'>(
  role: 'kernel' | 'depthwiseKernel',
  kind: 'Conv2D' | 'DepthwiseConv2dNative',
): Rule<K> {
  const convolve = kind === 'Conv2D' ? nativeConvolution : nativeDepthwiseConvolution
  return {
    needs: { inputs: true, output: false },
    forward: (context, attributes) => {
      const map = convolve(first(context), context.parameter(role) as tf.Tensor4D, attributes)
      return { value: finish(map, context, attributes.useBias), saved: [] }
    },
    backward: (context, attributes) => {
      const filter = context.parameter(role) as tf.Tensor4D
      const { x, dy: slopes, bias } = begin(context, attributes.useBias)
      const dy = slopes as tf.Tensor4D
      const shape = context.inputShapes[0] as tf.Tensor4D['shape']
      const kernel = context.trainable
        ? convolutionKernelGradient(kind, x as tf.Tensor4D, dy, attributes, filter.shape)
        : undefined
      const input = context.wanted[0]
        ? convolutionInputGradient(kind, dy, filter, attributes, shape)
        : undefined
      dy.dispose()
      return { inputs: [input], parameters: present({ [role]: kernel, bias }) }
    },
  }
}

/** Adds the bias and the activation; takes over `product`. */
function finish(product: tf.Tensor, context: RuleContext, useBias: boolean): tf.Tensor {
  let value = product
  const replace = (next: tf.Tensor): void => {
    value.dispose()
    value = next
  }
  if (useBias) replace(runNativeForOne('BiasAdd', biasAttributes, [value, context.parameter('bias')]))
  if (context.activation !== 'linear') {
    replace(runNativeForOne(context.activation === 'relu' ? 'Relu' : 'Relu6', float, [value]))
  }
  return value
}

/** The gradient before the activation, which the caller disposes, and the bias's. */
function begin(
  context: Backward,
  useBias: boolean,
): { x: tf.Tensor; dy: tf.Tensor; bias: tf.Tensor | undefined } {
  const dy = activationGradient(context.dy, context.output ?? context.dy, context.activation)
  const bias = useBias && context.trainable ? runNativeForOne('BiasAddGrad', biasAttributes, [dy]) : undefined
  return { x: first(context), dy, bias }
}

const biasAttributes = { ...float, data_format: 'NHWC' } as const

function rectifier(activation: 'relu' | 'relu6'): Rule<'relu' | 'relu6'> {
  return {
    needs: { inputs: false, output: true },
    forward: recorded,
    backward: ({ dy, output }) => ({
      inputs: [activationGradient(dy, output as tf.Tensor, activation)],
      parameters: {},
    }),
  }
}

function present(
  parameters: Partial<Record<ParameterRole, tf.Tensor | undefined>>,
): Partial<Record<ParameterRole, tf.Tensor>> {
  return Object.fromEntries(Object.entries(parameters).filter(([, tensor]) => tensor !== undefined))
}

import type { Padding, Window2d } from '../windows.ts'

/** How a parameter starts when it is trained from nothing. @see initializers.ts */
export type Initializer = 'glorotUniform' | 'heNormal' | 'zeros' | 'ones' | ConstantInitializer

/** Every value starts as `constant`. */
export interface ConstantInitializer {
  readonly constant: number
}

/** What a parameter is to its layer; the last part of its name. */
export type ParameterRole =
  'kernel' | 'bias' | 'depthwiseKernel' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance'

type NoAttributes = Record<never, never>

/** The attributes of each op. Sizes, strides and dilations are `[height, width]`. */
export interface Attributes {
  /** The image (or, after a cut, the activations at the boundary), without the batch. */
  input: { readonly shape: readonly number[] }
  conv2d: Window2d & { readonly filters: number; readonly useBias: boolean }
  depthwiseConv2d: Window2d & { readonly depthMultiplier: number; readonly useBias: boolean }
  /** The largest value under the window; padding never wins. */
  maxPooling2d: Window2d
  /** `countIncludePadding`: whether the mean also counts the zeros of the padding (PyTorch's default) or only the map's own values (Keras). */
  averagePooling2d: Window2d & { readonly countIncludePadding: boolean }
  globalAveragePooling2d: NoAttributes
  /** `[[top, bottom], [left, right]]` zeros. A convolution pads by itself; this is for a padded map that is used in other ways. */
  zeroPadding2d: { readonly padding: Exclude<Padding, string> }
  /** `momentum` is TensorFlow's: moving = moving * momentum + batch * (1 - momentum). */
  batchNormalization: { readonly epsilon: number; readonly momentum: number }
  /** Over the channels of each position. @see https://arxiv.org/abs/1607.06450 */
  layerNormalization: { readonly epsilon: number }
  /** Each channel times a trained factor, which starts at `initialValue`. @see https://arxiv.org/abs/2103.17239 */
  layerScale: { readonly initialValue: number }
  relu: NoAttributes
  relu6: NoAttributes
  /** x where it is above 0, else x * `negativeSlope`. */
  leakyRelu: { readonly negativeSlope: number }
  sigmoid: NoAttributes
  tanh: NoAttributes
  /** relu6(x + 3) / 6. @see https://arxiv.org/abs/1905.02244 */
  hardSigmoid: NoAttributes
  /** x * sigmoid(x), also called SiLU. @see https://arxiv.org/abs/1710.05941 */
  swish: NoAttributes
  /** x * relu6(x + 3) / 6. @see https://arxiv.org/abs/1905.02244 */
  hardSwish: NoAttributes
  /** x * (1 + erf(x / sqrt(2))) / 2: the exact form, not that by tanh. @see https://arxiv.org/abs/1606.08415 */
  gelu: NoAttributes
  add: NoAttributes
  /** The product of two or more values; an axis of length 1 is repeated to fit. */
  multiply: NoAttributes
  /** Side by side along the channels, in the order of the inputs. */
  concatenate: NoAttributes
  flatten: NoAttributes
  /** `shape` is without the batch. */
  reshape: { readonly shape: readonly number[] }
  dense: { readonly units: number; readonly useBias: boolean; readonly kernelInitializer: Initializer }
  /** `rate` is the share of values set to zero in training; the others are scaled by 1 / (1 - rate). */
  dropout: { readonly rate: number }
}

/** The name of an operation. */
export type Op = keyof Attributes

/** A parameter as its op declares it. */
export interface OpParameter {
  readonly role: ParameterRole
  readonly shape: readonly number[]
  /** Whether gradients may change it: false for the moving statistics of batch normalization. */
  readonly trainable: boolean
  readonly initializer: Initializer
}

type Shape = readonly number[]

/** One row of the op table. Shapes are without the batch. */
export interface OpDefinition<K extends Op> {
  /** How many inputs it takes. */
  readonly inputs: { readonly minimum: number; readonly maximum: number }
  /** Whether it gives different values for the same input in training: such a node is never in a frozen part. */
  readonly stochastic?: (attributes: Attributes[K]) => boolean
  /** @throws AppError 'plan-invalid' */
  readonly inferShape: (inputs: readonly Shape[], attributes: Attributes[K]) => Shape
  /** Its parameters in their canonical order. TensorFlow's layouts. */
  readonly parameters?: (inputs: readonly Shape[], attributes: Attributes[K]) => OpParameter[]
  /** Floating-point operations for one example; a multiply-add counts as two, and a function such as exp as one. */
  readonly flops: (inputs: readonly Shape[], attributes: Attributes[K], output: Shape) => number
}

/** Rows of the op table, for some of the ops. */
export type OpRows<K extends Op> = { readonly [Name in K]: OpDefinition<Name> }

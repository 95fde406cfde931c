import * as tf from '@tensorflow/tfjs-core'
import { runNative, runNativeForOne } from './backend.ts'
import { nativeKernels } from './kernels.ts'

/** What may follow a normalization in the same pass. */
export type NormalizationActivation = 'linear' | 'relu' | 'relu6'

/** How a batch normalization runs: by the batch's own statistics where it is trained, else by its moving ones. */
export interface NormalizationKind {
  readonly epsilon: number
  readonly training: boolean
  readonly activation: NormalizationActivation
}

/** Its parameters, float32 `[channels]` each. */
export type NormalizationParameters = Readonly<
  Record<'gamma' | 'beta' | 'movingMean' | 'movingVariance', tf.Tensor>
>

/** A normalized map and what its gradient needs besides; the caller disposes all. */
export interface Normalized {
  /** Of the input's shape. */
  readonly value: tf.Tensor
  /** `[channels]`: of the batch in training, else the moving one. */
  readonly mean: tf.Tensor
  /** `[channels]`: unbiased in training. */
  readonly variance: tf.Tensor
  /** For {@link nativeNormalizeGradient}. */
  readonly saved: readonly tf.Tensor[]
}

/** Gradients by the input, the parameters and what was added; the caller disposes all. */
export interface NormalizationGradients {
  readonly input: tf.Tensor
  readonly gamma: tf.Tensor
  readonly beta: tf.Tensor
  readonly shortcut: tf.Tensor | undefined
}

/**
 * activation(normalized(x) + shortcut), in as few passes over the map as there can be. For the native engine only; no gradient is
 * recorded.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @param shortcut of the same shape
 */
export function nativeNormalize(
  x: tf.Tensor,
  parameters: NormalizationParameters,
  kind: NormalizationKind,
  shortcut?: tf.Tensor,
): Normalized {
  return nativeKernels() === null
    ? normalizeByTensorFlow(x, parameters, kind, shortcut)
    : normalizeByKernel(x, parameters, kind, shortcut)
}

/**
 * The gradients of {@link nativeNormalize}.
 *
 * @param dy of its value
 * @param output its value
 * @param saved as it gave them
 * @param hasShortcut whether something was added
 */
export function nativeNormalizeGradient(
  dy: tf.Tensor,
  output: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor,
  saved: readonly tf.Tensor[],
  kind: NormalizationKind,
  hasShortcut: boolean,
): NormalizationGradients {
  return nativeKernels() === null
    ? gradientByTensorFlow(dy, output, x, gamma, saved, kind, hasShortcut)
    : gradientByKernel(dy, output, x, gamma, saved, kind, hasShortcut)
}

/** As the kernels count them. */
export const activationNumbers: { readonly [Name in NormalizationActivation]: number } = {
  linear: 0,
  relu: 1,
  relu6: 2,
}

function attributesOf({ epsilon, training, activation }: NormalizationKind) {
  return {
    epsilon: { float: epsilon },
    training,
    activation: { integers: activationNumbers[activation] },
  }
}

function normalizeByKernel(
  x: tf.Tensor,
  { gamma, beta, movingMean, movingVariance }: NormalizationParameters,
  kind: NormalizationKind,
  shortcut: tf.Tensor | undefined,
): Normalized {
  const added = shortcut ?? tf.tensor1d([], 'float32')
  const inputs = [x, gamma, beta, movingMean, movingVariance, added]
  const [value, mean, variance, inverse] = runNative('ThawNormalize', attributesOf(kind), inputs, 4) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ]
  if (shortcut === undefined) added.dispose()
  return { value, mean, variance, saved: [mean, inverse] }
}

function gradientByKernel(
  dy: tf.Tensor,
  output: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor,
  [mean, inverse]: readonly tf.Tensor[],
  kind: NormalizationKind,
  hasShortcut: boolean,
): NormalizationGradients {
  // Without an activation the shortcut's gradient is the output's own.
  const masked = hasShortcut && kind.activation !== 'linear'
  const attributes = { ...attributesOf(kind), shortcut: masked }
  const inputs = [dy, output, x, gamma, mean as tf.Tensor, inverse as tf.Tensor]
  const [input, gammaSlopes, betaSlopes, shortcut] = runNative(
    'ThawNormalizeGradient',
    attributes,
    inputs,
    4,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
  if (masked) return { input, gamma: gammaSlopes, beta: betaSlopes, shortcut }
  shortcut.dispose()
  return { input, gamma: gammaSlopes, beta: betaSlopes, shortcut: hasShortcut ? tf.clone(dy) : undefined }
}

function fusedAttributes({ epsilon, training }: NormalizationKind) {
  return {
    T: { type: 'float32' },
    U: { type: 'float32' },
    epsilon: { float: epsilon },
    data_format: 'NHWC',
    is_training: training,
  } as const
}

/** TensorFlow's kernel takes maps `[batch, height, width, channels]`. */
function asMap(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, 1, 1, x.shape.at(-1) as number])
}

function normalizeByTensorFlow(
  x: tf.Tensor,
  { gamma, beta, movingMean, movingVariance }: NormalizationParameters,
  kind: NormalizationKind,
  shortcut: tf.Tensor | undefined,
): Normalized {
  const map = asMap(x)
  const given = kind.training ? [tf.tensor1d([]), tf.tensor1d([])] : [movingMean, movingVariance]
  const [normalized, mean, variance, ...reserve] = runNative(
    'FusedBatchNormV3',
    fusedAttributes(kind),
    [map, gamma, beta, ...given],
    6,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]]
  map.dispose()
  if (kind.training) tf.dispose(given)
  const value = tf.tidy(() => {
    const shaped = tf.reshape(normalized, x.shape)
    const sum = shortcut === undefined ? shaped : tf.add(shaped, shortcut)
    if (kind.activation === 'linear') return sum
    return kind.activation === 'relu' ? tf.relu(sum) : tf.relu6(sum)
  })
  normalized.dispose()
  return { value, mean, variance, saved: [mean, variance, ...reserve] }
}

function gradientByTensorFlow(
  dy: tf.Tensor,
  output: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor,
  [mean, variance, ...reserve]: readonly tf.Tensor[],
  kind: NormalizationKind,
  hasShortcut: boolean,
): NormalizationGradients {
  const slopes = activationGradient(dy, output, kind.activation)
  const [map, slopesMap] = [asMap(x), asMap(slopes)]
  const [first, second, third] = reserve
  const statistics = kind.training ? [first, second] : [mean, variance]
  const inputs = [slopesMap, map, gamma, ...statistics, third] as tf.Tensor[]
  const [input, gammaSlopes, betaSlopes, ...rest] = runNative(
    'FusedBatchNormGradV3',
    fusedAttributes(kind),
    inputs,
    5,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]]
  const shaped = tf.reshape(input, x.shape)
  tf.dispose([map, slopesMap, input, ...rest])
  if (hasShortcut) return { input: shaped, gamma: gammaSlopes, beta: betaSlopes, shortcut: slopes }
  slopes.dispose()
  return { input: shaped, gamma: gammaSlopes, beta: betaSlopes, shortcut: undefined }
}

/**
 * The gradient of an activation by its output, which tells where it is flat. For the native engine only.
 *
 * @returns float32 of the shape of `dy`, which the caller disposes
 */
export function activationGradient(
  dy: tf.Tensor,
  output: tf.Tensor,
  activation: NormalizationActivation,
): tf.Tensor {
  if (activation === 'linear') return tf.clone(dy)
  const name = activation === 'relu' ? 'ReluGrad' : 'Relu6Grad'
  return runNativeForOne(name, { T: { type: 'float32' } }, [dy, output])
}

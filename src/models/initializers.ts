import { createRandom } from './random.ts'
import type { Initializer, ParameterRole } from './ops.ts'
import type { ParameterSpec } from './shapes.ts'
import { elementCount } from './shapes.ts'

/**
 * The values a parameter starts from when it is not pretrained. They depend on the seed and on the parameter's own name only, so a head
 * starts alike whatever stands before it.
 *
 * - glorotUniform: uniform in ± sqrt(6 / (fan in + fan out)) (Keras's default of dense layers)
 * - heNormal: normal with standard deviation sqrt(2 / fan in)
 * - { constant }: that value
 *
 * @see Glorot, Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html; He et al. 2015, https://arxiv.org/abs/1502.01852
 */
export function initializeParameter(parameter: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(elementCount(parameter.shape))
  const { initializer } = parameter
  if (typeof initializer === 'object') return values.fill(initializer.constant)
  return fill[initializer](values, parameter, seed)
}

type Fill = (values: Float32Array, parameter: ParameterSpec, seed: number) => Float32Array

const fill: { readonly [K in Extract<Initializer, string>]: Fill } = {
  zeros: (values) => values,
  ones: (values) => values.fill(1),
  glorotUniform: (values, { name, role, shape }, seed) => {
    const { fanIn, fanOut } = fansOf(role, shape)
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    const random = createRandom({ seed, purpose: `initialize:${name}` })
    return values.map(() => random.uniform(-limit, limit))
  },
  heNormal: (values, { name, role, shape }, seed) => {
    const standardDeviation = Math.sqrt(2 / fansOf(role, shape).fanIn)
    const random = createRandom({ seed, purpose: `initialize:${name}` })
    return values.map(() => random.normal(0, standardDeviation))
  },
}

/** How many values feed one output of a kernel, and how many outputs one value feeds. */
function fansOf(role: ParameterRole, shape: readonly number[]): { fanIn: number; fanOut: number } {
  const inputs = shape[shape.length - 2] ?? 1
  const outputs = shape[shape.length - 1] ?? 1
  const positions = elementCount(shape) / (inputs * outputs)
  // A depthwise kernel [height, width, in, multiplier] reads one channel only.
  if (role === 'depthwiseKernel') return { fanIn: positions, fanOut: positions * outputs }
  return { fanIn: positions * inputs, fanOut: positions * outputs }
}

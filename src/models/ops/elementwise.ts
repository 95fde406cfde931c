import type { Op, OpDefinition, OpRows } from './definition.ts'
import { first, sizeOf } from './shape-checks.ts'

/** Activations, and dropout: operations whose value has the shape of its input. */
export const elementwiseOps: OpRows<
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'sigmoid'
  | 'tanh'
  | 'hardSigmoid'
  | 'swish'
  | 'hardSwish'
  | 'gelu'
  | 'dropout'
> = {
  relu: elementwise(1),
  relu6: elementwise(1),
  // comparison, product
  leakyRelu: elementwise(2),
  // exp, sum, quotient
  sigmoid: elementwise(3),
  tanh: elementwise(1),
  // sum, clip, product
  hardSigmoid: elementwise(3),
  swish: elementwise(4),
  hardSwish: elementwise(4),
  // product, erf, sum, two products
  gelu: elementwise(5),
  dropout: { ...elementwise<'dropout'>(1), stochastic: ({ rate }) => rate > 0 },
}

function elementwise<K extends Op>(flopsPerValue: number): OpDefinition<K> {
  return {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: first,
    flops: (_inputs, _attributes, output) => flopsPerValue * sizeOf(output),
  }
}

import { createExecutor, createParameters } from '../../src/ml/execute.ts'
import { weightedTargets } from '../../src/ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import type { TrainBatch, Trainee } from '../../src/ml/train-step.ts'
import type { FreezePlan } from '../../src/contract/train-plan.ts'
import { resolveTrainable } from '../../src/models/freeze.ts'
import { defineGraph, type Graph, type GraphNode } from '../../src/models/graph.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { createRandom } from '../../src/models/random.ts'
import { elementCount, parametersOf } from '../../src/models/shapes.ts'

export const varied = { size: 13, classes: 3, rows: 4 } as const

const even = (pixels: number): [[number, number], [number, number]] => [
  [pixels, pixels],
  [pixels, pixels],
]

/**
 * A little of everything that networks consist of, with padding in pixels and odd sizes:
 * stem -> pool -> (main: a, b | projection) -> sum -> depthwise -> swish -+-> both, conv -> mean -> dropout -> dense -> logits
 *                                                                 relu6 <-+
 */
export function variedNetwork(): Graph {
  const nodes: GraphNode[] = []
  const push = <K extends GraphNode['op']>(
    name: string,
    op: K,
    inputs: string[],
    attributes: Extract<GraphNode, { op: K }>['attributes'],
  ): string => {
    nodes.push({ name, op, inputs, attributes, block: name.split('.')[0] } as GraphNode)
    return name
  }
  const window = (size: number, stride: number, pixels: number) => ({
    kernelSize: [size, size] as const,
    strides: [stride, stride] as const,
    padding: even(pixels),
    dilation: [1, 1] as const,
  })
  const normalization = { epsilon: 1e-3, momentum: 0.9 }
  const { size } = varied
  push('image', 'input', [], { shape: [size, size, 3] })
  push('stem.conv', 'conv2d', ['image'], { ...window(5, 2, 2), filters: 8, useBias: false })
  push('stem.norm', 'batchNormalization', ['stem.conv'], normalization)
  push('stem.relu', 'relu', ['stem.norm'], {})
  push('stem.pool', 'maxPooling2d', ['stem.relu'], window(3, 1, 1))
  push('main.a', 'conv2d', ['stem.pool'], { ...window(3, 2, 1), filters: 20, useBias: false })
  push('main.aNorm', 'batchNormalization', ['main.a'], normalization)
  push('main.relu', 'relu', ['main.aNorm'], {})
  // No bias before a normalization: its gradient is nothing but rounding.
  push('main.b', 'conv2d', ['main.relu'], { ...window(3, 1, 1), filters: 20, useBias: false })
  push('main.bNorm', 'batchNormalization', ['main.b'], normalization)
  push('short.conv', 'conv2d', ['stem.pool'], { ...window(1, 2, 0), filters: 20, useBias: false })
  push('short.norm', 'batchNormalization', ['short.conv'], normalization)
  push('sum.add', 'add', ['main.bNorm', 'short.norm'], {})
  push('sum.relu', 'relu', ['sum.add'], {})
  push('deep.conv', 'depthwiseConv2d', ['sum.relu'], {
    ...window(3, 2, 1),
    depthMultiplier: 2,
    useBias: true,
  })
  push('deep.swish', 'swish', ['deep.conv'], {})
  push('deep.relu6', 'relu6', ['deep.swish'], {})
  push('both.concat', 'concatenate', ['deep.swish', 'deep.relu6'], {})
  push('both.conv', 'conv2d', ['both.concat'], { ...window(1, 1, 0), filters: 9, useBias: true })
  push('both.relu', 'relu', ['both.conv'], {})
  push('both.mean', 'globalAveragePooling2d', ['both.relu'], {})
  push('head.dropout', 'dropout', ['both.mean'], { rate: 0.25 })
  push('head.dense', 'dense', ['head.dropout'], {
    units: 7,
    useBias: true,
    kernelInitializer: 'glorotUniform',
  })
  push('head.relu', 'relu', ['head.dense'], {})
  push('head.logits', 'dense', ['head.relu'], {
    units: varied.classes,
    useBias: true,
    kernelInitializer: 'glorotUniform',
  })
  return defineGraph({ name: 'varied', nodes, output: 'head.logits' })
}

/** A network with random values, ready for steps on the current engine. The caller disposes its parameters. */
export function createVariedTrainee(plan: FreezePlan): Trainee {
  const graph = variedNetwork()
  const specs = parametersOf(graph)
  const values = new Map(
    specs.map((spec) => {
      const random = createRandom({ seed: 8, purpose: spec.name })
      const value = initializeParameter(spec, 5)
      const isStatistic = !spec.trainable || spec.role === 'gamma'
      return [
        spec.name,
        value.map((one) => (isStatistic ? random.uniform(0.5, 1.5) : one || random.normal() / 4)),
      ]
    }),
  )
  const trainable = resolveTrainable(graph, plan)
  const trained = specs.filter((spec) => spec.trainable && trainable.has(spec.node))
  return {
    graph,
    executor: createExecutor(graph),
    parameters: createParameters(specs, values),
    values,
    specs,
    trainable,
    optimizer: createOptimizer(
      { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
      new Map(trained.map(({ name, shape }) => [name, elementCount(shape)])),
    ),
  }
}

/** Random images with labels. */
export function createVariedBatch(rows: number = varied.rows): TrainBatch {
  const { size, classes } = varied
  const random = createRandom({ seed: 2, purpose: 'images' })
  return {
    input: Float32Array.from({ length: rows * size * size * 3 }, () => random.normal()),
    shape: [size, size, 3],
    rows,
    targets: weightedTargets(
      Array.from({ length: rows }, (_, row) => [0, 2, 1, 2][row % 4] as number),
      classes,
      [1, 2, 0.5],
    ),
    classes,
  }
}

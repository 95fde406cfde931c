import type * as tf from '@tensorflow/tfjs-core'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import type { Backbone } from '../../models/backbone.ts'
import { foldBatchNorm } from '../../models/fold-batch-norm.ts'
import { initializeParameter } from '../../models/initializers.ts'
import { parametersOf } from '../../models/shapes.ts'
import type { ProbeNetwork } from './probe.ts'

/** A backbone to measure, on the current engine. @param values of its parameters; absent: drawn ones, which are the same work */
export function measuredNetwork(
  backbone: Backbone,
  values?: ReadonlyMap<string, Float32Array>,
): ProbeNetwork {
  const graph = backbone.build()
  const known =
    values ?? new Map(parametersOf(graph).map((spec) => [spec.name, initializeParameter(spec, 0)]))
  const folded = foldBatchNorm(graph)
  const executor = createExecutor(folded.graph)
  const parameters = createParameters(parametersOf(folded.graph), folded.foldTensors(known))
  return {
    inputSize: backbone.meta.inputSize,
    forward: (images: tf.Tensor4D) => executor.infer(images, parameters),
    dispose: () => disposeParameters(parameters),
  }
}

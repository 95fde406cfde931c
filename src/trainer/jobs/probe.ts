import type * as tf from '@tensorflow/tfjs-core'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { defaultBackboneId, findBackbone } from '../../models/catalog.ts'
import { foldBatchNorm } from '../../models/fold-batch-norm.ts'
import type { Graph } from '../../models/graph.ts'
import { initializeParameter } from '../../models/initializers.ts'
import { parametersOf } from '../../models/shapes.ts'
import { measureEngine } from '../engines/probe.ts'
import { readWeights } from '../network.ts'

/** Measures an engine by the backbone that is given; where none is, by the default one with drawn weights, which is the same work. */
export async function probe(input: JobInput<'probe'>): Promise<JobOutput<'probe'>> {
  const { weights } = input
  const backbone = findBackbone(weights?.backbone ?? defaultBackboneId)
  const graph = backbone.build()
  const values = weights === null ? drawValues(graph) : await readWeights(weights, backbone)
  return measureEngine(input.engine, () => {
    const folded = foldBatchNorm(graph)
    const executor = createExecutor(folded.graph)
    const parameters = createParameters(parametersOf(folded.graph), folded.foldTensors(values))
    return {
      inputSize: backbone.meta.inputSize,
      forward: (images: tf.Tensor4D) => executor.infer(images, parameters),
      dispose: () => disposeParameters(parameters),
    }
  })
}

function drawValues(graph: Graph): Map<string, Float32Array> {
  return new Map(parametersOf(graph).map((spec) => [spec.name, initializeParameter(spec, 0)]))
}

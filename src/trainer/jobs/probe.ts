import type * as tf from '@tensorflow/tfjs-core'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { findBackbone } from '../../models/catalog.ts'
import { foldBatchNorm } from '../../models/fold-batch-norm.ts'
import { parametersOf } from '../../models/shapes.ts'
import { measureEngine } from '../engines/probe.ts'
import { readWeights } from '../network.ts'

/** Measures an engine by the backbone that is given, or by a drawn network of the same shape as the embedded one where none is. */
export async function probe(input: JobInput<'probe'>): Promise<JobOutput<'probe'>> {
  const { weights } = input
  if (weights === null) return measureEngine(input.engine)
  const backbone = findBackbone(weights.backbone)
  const values = await readWeights(weights, backbone)
  return measureEngine(input.engine, () => {
    const folded = foldBatchNorm(backbone.build())
    const executor = createExecutor(folded.graph)
    const parameters = createParameters(parametersOf(folded.graph), folded.foldTensors(values))
    return {
      inputSize: backbone.meta.inputSize,
      forward: (images: tf.Tensor4D) => executor.infer(images, parameters),
      dispose: () => disposeParameters(parameters),
    }
  })
}

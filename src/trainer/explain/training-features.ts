import * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { JobInput } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { foldBatchNorm } from '../../models/fold-batch-norm.ts'
import { truncateAt } from '../../models/graph.ts'
import { inferShapes, parametersOf } from '../../models/shapes.ts'
import { createFrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { readModel } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'
import { recordShapeOf } from '../network.ts'
import { readInBatches } from '../records/read-in-batches.ts'
import { openRecordSource } from '../records/record-source.ts'

/** The features of a run's training images, by its trained network. */
export interface TrainingFeatures {
  /** Of each row, the place in the list of images. */
  readonly positions: readonly number[]
  /** `[positions.length, width]`, each row of length 1. */
  readonly rows: Float32Array
  readonly width: number
}

const readAtOnce = 64

/**
 * Computes the features of images at the run's feature layer, by the records that its training cached where they are there.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid', 'cancelled'
 */
export async function readTrainingFeatures(
  { runFolder, images, weights, cache }: JobInput<'neighbours'>,
  engine: EngineId,
  context: JobContext,
): Promise<TrainingFeatures> {
  const model = await readModel(runFolder)
  const { description, network } = model
  const { featureLayer, backboneSha256, preprocessing } = description
  const values = await readModelValues(model, weights)
  const { frozen, rest } = network.cut
  // Where layers of the head are constant too, records are of these, and have the features in them.
  const isBelow = rest.nodes.some(({ name }) => name === featureLayer)
  const upper = foldBatchNorm(isBelow ? truncateAt(rest, featureLayer) : truncateAt(rest, frozen.output))
  const executor = createExecutor(upper.graph)
  const width = inferShapes(network.graph).get(featureLayer)?.at(-1) ?? 0
  const part = createFrozenPart({
    preprocessing,
    graph: frozen,
    values: () => values,
    weightsSha256: backboneSha256,
    engine,
  })
  const parameters = createParameters(parametersOf(upper.graph), upper.foldTensors(values))
  let source: Awaited<ReturnType<typeof openRecordSource>> | undefined
  try {
    source = await openRecordSource(images, part, cache, context)
    const wanted = images.map((_, position) => position)
    const positions: number[] = []
    const all = new Float32Array(images.length * width)
    for await (const { rows, input } of readInBatches(source, wanted, readAtOnce, context)) {
      if (rows.length === 0) continue
      const records = tf.tensor(input.slice(), [rows.length, ...recordShapeOf(network)])
      const value = executor.infer(records, parameters)
      const features = (await value.data()) as Float32Array
      tf.dispose([records, value])
      all.set(unitRows(features, rows.length, width), positions.length * width)
      positions.push(...rows)
    }
    return { positions, rows: all.subarray(0, positions.length * width), width }
  } finally {
    source?.close()
    part.dispose()
    disposeParameters(parameters)
  }
}

/**
 * Features averaged over the positions of their map, where they are one, and scaled to the length 1.
 *
 * @param features `[count, ..., width]`
 * @returns `[count, width]`
 */
export function unitRows(features: Float32Array, count: number, width: number): Float32Array {
  const length = features.length / count
  const rows = new Float32Array(count * width)
  for (let row = 0; row < count; row += 1) {
    const unit = rows.subarray(row * width, (row + 1) * width)
    for (let index = 0; index < length; index += 1) {
      const channel = index % width
      unit[channel] = (unit[channel] as number) + (features[row * length + index] as number)
    }
    const norm = Math.sqrt(unit.reduce((sum, value) => sum + value * value, 0))
    if (norm > 0) for (let index = 0; index < width; index += 1) unit[index] = (unit[index] as number) / norm
  }
  return rows
}

import type { SkippedFile } from '../../contract/entities.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import * as tf from '@tensorflow/tfjs-core'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { float32Bytes } from '../../models/floats.ts'
import { parametersOf } from '../../models/shapes.ts'
import { createFrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { reportProgress } from '../job-context.ts'
import { readModel } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'
import { recordShapeOf } from '../network.ts'
import { computeRecords } from '../records.ts'
import { startEngine } from '../start-engine.ts'
import { softmax } from '../training/predict-rows.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Predicts the classes of image files by the model of a run, without any cache.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function predict(
  input: JobInput<'predict'>,
  context: JobContext,
): Promise<JobOutput<'predict'>> {
  const model = await readModel(input.runFolder)
  const { description, network } = model
  const values = await readModelValues(model, input.weights)
  const engine = await startEngine(input.engine, context)
  const part = createFrozenPart({
    preprocessing: description.preprocessing,
    graph: network.cut.frozen,
    values: () => values,
    weightsSha256: description.backboneSha256,
    engine,
  })
  const executor = createExecutor(network.cut.rest)
  const parameters = createParameters(parametersOf(network.cut.rest), values)
  try {
    const classes = description.classes.length
    const shape = recordShapeOf(network)
    const rows: number[] = []
    const skipped: SkippedFile[] = []
    const probabilities: Float32Array[] = []
    const progress = reportProgress(context, 'evaluation', input.paths.length)
    const record = new Float32Array(part.length)
    await computeRecords(
      input.paths.map((path) => ({ path, sha256: '' })),
      part,
      context,
      (position, bytes) => {
        part.expand(bytes, record, 0)
        const logits = tf.tidy(() => executor.infer(tf.tensor(record.slice(), [1, ...shape]), parameters))
        const row = new Float32Array(classes)
        softmax(logits.dataSync() as Float32Array, classes, row)
        logits.dispose()
        probabilities.push(row)
        rows.push(position)
        progress.advance()
      },
      (_position, file) => {
        skipped.push(file)
        progress.advance()
      },
    )
    progress.finish()
    const all = new Float32Array(rows.length * classes)
    probabilities.forEach((row, index) => all.set(row, index * classes))
    writeWholeFile(input.outPath, float32Bytes(all))
    return { rows, classes: description.classes, skipped }
  } finally {
    part.dispose()
    disposeParameters(parameters)
  }
}

import type { SkippedFile } from '../../contract/entities.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { float32Bytes } from '../../models/floats.ts'
import { loadPredictor } from '../explain/loaded-predictor.ts'
import type { JobContext } from '../job-context.ts'
import { reportProgress } from '../job-context.ts'
import { computeRecords } from '../records/compute-records.ts'
import { startEngine } from '../start-engine.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Predicts the classes of image files by the model of a run, without any cache of images. The model stays loaded for the next ones.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function predict(
  input: JobInput<'predict'>,
  context: JobContext,
): Promise<JobOutput<'predict'>> {
  const engine = await startEngine(input.engine, context)
  const {
    classes,
    part: frozen,
    predict: predictRecords,
  } = await loadPredictor(input.runFolder, input.weights, engine)
  const rows: number[] = []
  const skipped: SkippedFile[] = []
  const parts: Promise<Float32Array>[] = []
  const progress = reportProgress(context, 'evaluation', input.paths.length)
  let waiting: Uint8Array[] = []
  const flush = (): void => {
    if (waiting.length === 0) return
    const part = predictRecords(waiting)
    // It is awaited below; where reading is cancelled before that, nobody asks for it.
    part.catch(() => {})
    parts.push(part)
    waiting = []
  }
  await computeRecords(
    input.paths.map((path) => ({ path, sha256: '' })),
    { part: frozen, augmenter: null },
    context,
    {
      onRecord(position, record) {
        waiting.push(record)
        rows.push(position)
        if (waiting.length === frozen.batchSize) flush()
        progress.advance()
      },
      onSkipped(_position, file) {
        skipped.push(file)
        progress.advance()
      },
    },
  )
  flush()
  progress.finish()
  const all = new Float32Array(rows.length * classes.length)
  let offset = 0
  for (const probabilities of await Promise.all(parts)) {
    all.set(probabilities, offset)
    offset += probabilities.length
  }
  writeWholeFile(input.outPath, float32Bytes(all))
  return { rows, classes: [...classes], skipped }
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Split } from '../../contract/entities.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { float32Bytes } from '../../models/floats.ts'
import type { Dataset } from '../dataset.ts'
import type { JobContext } from '../job-context.ts'
import { reportProgress } from '../job-context.ts'
import { writeModel } from '../model-file.ts'
import { hashModel } from '../network.ts'
import type { RowPredictions } from '../training/predict-rows.ts'
import { prepareTraining } from '../training/prepare-training.ts'
import { score } from '../training/score.ts'
import { train, type TrainedModel } from '../training/train.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Trains a model, and leaves it in the run's folder with its predictions for the validation and test images.
 *
 * @throws AppError of its parts: 'too-few-classes', 'too-few-images', 'weights-missing', 'engine-unavailable', 'loss-not-finite', 'cancelled' …
 */
export async function fit(input: JobInput<'fit'>, context: JobContext): Promise<JobOutput<'fit'>> {
  const start = performance.now()
  const { plan, runFolder } = input
  const prepared = await prepareTraining(input, context)
  const { dataset, specs, count, backboneSha256, preprocessing } = prepared
  const classes = [...dataset.classes]
  mkdirSync(runFolder, { recursive: true })

  const trainingStart = performance.now()
  const model = await train(prepared, {
    runFolder,
    cache: input.cache,
    resume: input.resume === true,
    context,
  })
  const { session, values } = model
  try {
    const evaluationStart = performance.now()
    const modelSha256 = hashModel(specs, values)
    const validation = await evaluate('validation', model, dataset, runFolder, context)
    const test = await evaluate('test', model, dataset, runFolder, context)
    const phase = session.phase.index
    const described = { plan, phase, classes, preprocessing, backboneSha256, modelSha256 }
    writeModel(runFolder, session.network, values, model.trained, described)
    const end = performance.now()
    return {
      status: model.status,
      epochs: [...model.epochs],
      bestEpoch: model.bestEpoch,
      trainableParameters: count.trainable,
      totalParameters: count.total,
      modelSha256,
      validation: validation?.result ?? null,
      test: test?.result ?? null,
      predictions: [validation?.file, test?.file].filter((file) => file !== undefined),
      skipped: [...session.source.skipped.values()],
      seconds: {
        features: model.featureSeconds,
        training: (evaluationStart - trainingStart) / 1000 - model.featureSeconds,
        evaluation: (end - evaluationStart) / 1000,
        total: (end - start) / 1000,
      },
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    session.close()
  }
}

async function evaluate(
  split: Split,
  model: TrainedModel,
  dataset: Dataset,
  runFolder: string,
  context: JobContext,
) {
  const positions = dataset.splits[split]
  if (positions.length === 0) return null
  const progress = reportProgress(context, 'evaluation', positions.length)
  const predictions = await model.session.predict(positions)
  progress.advance(positions.length)
  progress.finish()
  const labels = dataset.images.map(({ classIndex }) => classIndex)
  const scores = score(predictions, labels, dataset.classes.length)
  const path = join(runFolder, `predictions-${split}.f32`)
  writeWholeFile(path, float32Bytes(inManifestOrder(predictions, dataset)))
  const images = predictions.rows.length
  return {
    file: { split, path, images },
    result: scores && { ...scores, support: images },
  }
}

function inManifestOrder({ rows, probabilities }: RowPredictions, dataset: Dataset): Float32Array {
  const classes = dataset.classes.length
  const placeOf = (row: number): number => dataset.manifestPlaces[rows[row] as number] as number
  const order = rows.map((_, row) => row).sort((a, b) => placeOf(a) - placeOf(b))
  const ordered = new Float32Array(probabilities.length)
  order.forEach((row, place) => {
    ordered.set(probabilities.subarray(row * classes, (row + 1) * classes), place * classes)
  })
  return ordered
}

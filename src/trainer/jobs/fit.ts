import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Split } from '../../contract/entities.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { float32Bytes } from '../../models/floats.ts'
import { trainingModeDefinitions } from '../../models/training/modes.ts'
import { buildDataset, readManifest, type Dataset } from '../dataset.ts'
import { createFrozenPart, preprocessingFor } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { reportProgress } from '../job-context.ts'
import { startEngine } from '../start-engine.ts'
import { writeModel } from '../model-file.ts'
import { buildNetwork, hashModel, initialValues, readWeights } from '../network.ts'
import type { RowPredictions } from '../predict-rows.ts'
import { openRecordSource } from '../record-source.ts'
import { createTrainingAugmentation } from '../training-augmentation.ts'
import { score, train, type TrainedModel } from '../training-loop.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Trains a model, and leaves it in the run's folder with its predictions for the validation and test images.
 *
 * @throws AppError of its parts: 'too-few-classes', 'too-few-images', 'weights-missing', 'engine-unavailable', 'loss-not-finite', 'cancelled' …
 */
export async function fit(input: JobInput<'fit'>, context: JobContext): Promise<JobOutput<'fit'>> {
  const start = performance.now()
  const { plan, runFolder } = input
  const dataset = buildDataset(await readManifest(input.manifestPath))
  const network = buildNetwork(plan, dataset.classes.length)
  const { pretrained } = trainingModeDefinitions[plan.mode]
  const backboneSha256 = pretrained ? (input.weights?.sha256 ?? null) : null
  const engine = await startEngine(plan.engine, context)
  context.emit({
    type: 'model',
    trainableParameters: network.count.trainable,
    totalParameters: network.count.total,
  })
  const published = pretrained && input.weights ? await readWeights(input.weights, network.backbone) : null
  const values = initialValues(network, plan, published)
  mkdirSync(runFolder, { recursive: true })

  const featuresStart = performance.now()
  const part = createFrozenPart({
    preprocessing: preprocessingFor(network.backbone.meta.preprocessing, plan),
    graph: network.cut.frozen,
    values: () => values,
    weightsSha256: backboneSha256 ?? `seed ${plan.seed}`,
    engine,
  })
  try {
    const augmentation = createTrainingAugmentation(plan, dataset.splits.train)
    const source = await openRecordSource(
      dataset.images,
      part,
      input.cache,
      stopsAsCancelled(context),
      augmentation,
    )
    try {
      if (source.kind === 'resident') part.dispose()
      const trainingStart = performance.now()
      const model = await train({
        plan,
        network,
        values,
        dataset,
        source,
        runFolder,
        resume: input.resume === true,
        backboneSha256,
        context,
      })
      try {
        const evaluationStart = performance.now()
        const all = new Map([...values, ...model.values])
        const modelSha256 = hashModel(network.specs, all)
        const validation = await evaluate('validation', model, dataset, runFolder, context)
        const test = await evaluate('test', model, dataset, runFolder, context)
        const classes = [...dataset.classes]
        writeModel(runFolder, network, all, { plan, classes, backboneSha256, modelSha256 })
        const end = performance.now()
        return {
          status: model.status,
          epochs: model.epochs,
          bestEpoch: model.bestEpoch,
          trainableParameters: network.count.trainable,
          totalParameters: network.count.total,
          modelSha256,
          validation: validation?.result ?? null,
          test: test?.result ?? null,
          predictions: [validation?.file, test?.file].filter((file) => file !== undefined),
          skipped: [...source.skipped.values()],
          seconds: {
            features: (trainingStart - featuresStart) / 1000,
            training: (evaluationStart - trainingStart) / 1000,
            evaluation: (end - evaluationStart) / 1000,
            total: (end - start) / 1000,
          },
          peakRssBytes: process.resourceUsage().maxRSS * 1024,
        }
      } finally {
        model.dispose()
      }
    } finally {
      source.close()
    }
  } finally {
    part.dispose()
  }
}

/** Before training there is nothing that a stop could keep. */
function stopsAsCancelled(context: JobContext): JobContext {
  return { ...context, cancelRequested: () => context.cancelRequested() || context.stopRequested() }
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
  const predictions = await model.predict(positions)
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

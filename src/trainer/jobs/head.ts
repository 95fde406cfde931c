import * as tf from '@tensorflow/tfjs-core'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { predictSoftmaxRegression, type LinearHead } from '../../ml/softmax-regression.ts'
import { float32Bytes } from '../../models/floats.ts'
import { createFeaturePart } from '../head/feature-part.ts'
import { meanFeature, normalizedRows, projection, reducedWidth } from '../head/feature-rows.ts'
import { readHeadImages } from '../head/head-images.ts'
import { readAtOnce, readLabelledRows, scatterRows, type LabelledRows } from '../head/labelled-rows.ts'
import { predictByNearest } from '../head/nearest-labelled.ts'
import { fitsOf, fitSuggestionHead, predictOutOfFold, type OutOfFold } from '../head/suggestion-head.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { readInBatches } from '../records/read-in-batches.ts'
import { openRecordSource, type RecordSource } from '../records/record-source.ts'
import { startEngine } from '../start-engine.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/** On average, for each class that has any: with fewer the nearest labelled images are the better judges. */
const labelsForHead = 2

/**
 * Fits a linear head to the labelled images by the features that training caches, and predicts all images by it. What is labelled is predicted by
 * heads that did not see it. Where labels are too few for a head, the nearest labelled images give the classes; without any, nothing does.
 *
 * @throws AppError 'weights-missing', 'weights-invalid', 'engine-unavailable', 'invalid-input', 'cancelled'
 */
export async function head(input: JobInput<'head'>, context: JobContext): Promise<JobOutput<'head'>> {
  const start = performance.now()
  const images = await readHeadImages(input)
  const part = await createFeaturePart(input.weights, await startEngine(input.engine, context))
  let source: RecordSource | undefined
  let labelled: LabelledRows | undefined
  try {
    source = await openRecordSource(images, part, input.cache, context)
    const mean = await meanFeature(source, images.length, part.length)
    labelled = await readLabelledRows(source, input.labels, mean, context)
    const judged = await judge(labelled, input.classes, context)
    await predictAll(input, images.length, { source, mean, labelled, ...judged }, context)
    return {
      source: judged.by,
      labelled: labelled.labels.length,
      features: reducedWidth,
      accuracy: judged.outOfFold?.accuracy ?? null,
      curve: [...(judged.outOfFold?.curve ?? [])],
      cached: source.cached,
      skipped: [...source.skipped].map(([position, file]) => ({ position, ...file })),
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    labelled?.features.dispose()
    source?.close()
    part.dispose()
  }
}

interface Judged {
  readonly by: JobOutput<'head'>['source']
  readonly head: LinearHead | null
  readonly outOfFold: OutOfFold | null
}

async function judge(
  { labels, features }: LabelledRows,
  classes: number,
  context: JobContext,
): Promise<Judged> {
  const present = new Set(labels).size
  if (present < 2 || labels.length < labelsForHead * present) {
    return { by: labels.length > 0 ? 'neighbours' : 'none', head: null, outOfFold: null }
  }
  const progress = reportProgress(context, 'training', 1 + fitsOf(labels.length))
  const onIteration = (): Promise<void> => breathe(context)
  const fit = await fitSuggestionHead(features, labels, classes, onIteration)
  progress.advance()
  const onFit = (): void => progress.advance()
  const outOfFold = await predictOutOfFold(features, labels, classes, { onFit, onIteration })
  progress.finish()
  return { by: 'head', head: fit, outOfFold }
}

/** Writes both files, with rows of NaN for images that cannot be read. */
async function predictAll(
  { classes, probabilitiesPath, featuresPath }: JobInput<'head'>,
  images: number,
  judged: Judged & { source: RecordSource; mean: Float32Array; labelled: LabelledRows },
  context: JobContext,
): Promise<void> {
  const { source, mean, labelled, by, outOfFold } = judged
  const width = mean.length
  const probabilities = new Float32Array(images * classes).fill(NaN)
  const reduced = new Float32Array(images * reducedWidth).fill(NaN)
  const rowOf = new Map(labelled.positions.map((position, row) => [position, row]))
  const projecting = tf.tensor2d(projection(width), [width, reducedWidth])
  try {
    const positions = Array.from({ length: images }, (_, position) => position)
    for await (const { rows, input } of readInBatches(source, positions, readAtOnce, context)) {
      if (rows.length === 0) continue
      const features = tf.tensor2d(normalizedRows(input, mean), [rows.length, width])
      const projected = tf.matMul(features, projecting)
      scatterRows(projected.dataSync() as Float32Array, rows, reduced, reducedWidth)
      const leaveOut = rows.map((position) => rowOf.get(position) ?? -1)
      const predicted = judged.head
        ? predictSoftmaxRegression(features, judged.head)
        : by === 'neighbours'
          ? predictByNearest(features, labelled.features, labelled.labels, classes, leaveOut)
          : null
      if (predicted) scatterRows(predicted, rows, probabilities, classes)
      tf.dispose([features, projected])
    }
  } finally {
    projecting.dispose()
  }
  if (outOfFold) scatterRows(outOfFold.probabilities, labelled.positions, probabilities, classes)
  writeWholeFile(probabilitiesPath, float32Bytes(probabilities))
  writeWholeFile(featuresPath, float32Bytes(reduced))
}

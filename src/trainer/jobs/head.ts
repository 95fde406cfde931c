import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '../../contract/errors.ts'
import { headImagesSchema, type HeadImage, type JobInput, type JobOutput } from '../../contract/jobs.ts'
import { predictSoftmaxRegression, type LinearHead } from '../../ml/softmax-regression.ts'
import { findBackbone } from '../../models/catalog.ts'
import { float32Bytes } from '../../models/floats.ts'
import { truncateAt } from '../../models/graph.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { createFrozenPart } from '../frozen-part.ts'
import { meanFeature, normalizedRows, projection, reducedWidth } from '../head/feature-rows.ts'
import { predictByNearest } from '../head/nearest-labelled.ts'
import { fitsOf, fitSuggestionHead, predictOutOfFold, type OutOfFold } from '../head/suggestion-head.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { readWeights } from '../network.ts'
import { readInBatches } from '../read-in-batches.ts'
import { openRecordSource, type RecordSource } from '../record-source.ts'
import { startEngine } from '../start-engine.ts'
import { writeWholeFile } from '../write-whole-file.ts'

const readAtOnce = 512
/** On average, for each class that has any: with fewer the nearest labelled images are the better judges. */
const labelsForHead = 2

/** Rows of labelled images, on the engine. */
interface LabelledRows {
  /** Positions among all images, one for each row. */
  readonly positions: readonly number[]
  readonly labels: readonly number[]
  readonly features: tf.Tensor2D
}

/**
 * Fits a linear head to the labelled images by the features that training caches, and predicts all images by it. What is labelled is predicted by
 * heads that did not see it. Where labels are too few for a head, the nearest labelled images give the classes; without any, nothing does.
 *
 * @throws AppError 'weights-missing', 'weights-invalid', 'engine-unavailable', 'invalid-input', 'cancelled'
 */
export async function head(input: JobInput<'head'>, context: JobContext): Promise<JobOutput<'head'>> {
  const start = performance.now()
  const images = await readImages(input)
  const backbone = findBackbone(input.weights.backbone)
  const engine = await startEngine(input.engine, context)
  const values = await readWeights(input.weights, backbone)
  // As a training with a linear head cuts it, so that both keep the same records.
  const part = createFrozenPart({
    preprocessing: preprocessingOf(backbone, input.weights.convention),
    graph: truncateAt(backbone.build(), backbone.meta.featureLayer),
    values: () => values,
    weightsSha256: input.weights.sha256,
    engine,
  })
  let source: RecordSource | undefined
  let labelled: LabelledRows | undefined
  try {
    source = await openRecordSource(images, part, input.cache, context)
    const mean = await meanFeature(source, images.length, part.length)
    labelled = await readLabelled(source, input.labels, mean, context)
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

async function readImages({ imagesPath, labels, classes }: JobInput<'head'>): Promise<HeadImage[]> {
  const images = headImagesSchema.parse(JSON.parse(await readFile(imagesPath, 'utf8')))
  if (images.length !== labels.length || labels.some((label) => label >= classes)) {
    throw new AppError(
      'invalid-input',
      `A label below ${classes} was expected for each of ${images.length} images; there are ${labels.length}.`,
    )
  }
  return images
}

async function readLabelled(
  source: RecordSource,
  labels: readonly number[],
  mean: Float32Array,
  context: JobContext,
): Promise<LabelledRows> {
  const wanted = labels.flatMap((label, position) => (label >= 0 ? [position] : []))
  const positions: number[] = []
  const pieces: Float32Array[] = []
  for await (const { rows, input } of readInBatches(source, wanted, readAtOnce, context)) {
    positions.push(...rows)
    pieces.push(normalizedRows(input, mean))
  }
  const all = new Float32Array(positions.length * mean.length)
  let offset = 0
  for (const piece of pieces) {
    all.set(piece, offset)
    offset += piece.length
  }
  return {
    positions,
    labels: positions.map((position) => labels[position] as number),
    features: tf.tensor2d(all, [positions.length, mean.length]),
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
      scatter(projected.dataSync() as Float32Array, rows, reduced, reducedWidth)
      const leaveOut = rows.map((position) => rowOf.get(position) ?? -1)
      const predicted = judged.head
        ? predictSoftmaxRegression(features, judged.head)
        : by === 'neighbours'
          ? predictByNearest(features, labelled.features, labelled.labels, classes, leaveOut)
          : null
      if (predicted) scatter(predicted, rows, probabilities, classes)
      tf.dispose([features, projected])
    }
  } finally {
    projecting.dispose()
  }
  if (outOfFold) scatter(outOfFold.probabilities, labelled.positions, probabilities, classes)
  writeWholeFile(probabilitiesPath, float32Bytes(probabilities))
  writeWholeFile(featuresPath, float32Bytes(reduced))
}

function scatter(values: Float32Array, rows: readonly number[], out: Float32Array, width: number): void {
  rows.forEach((position, row) => out.set(values.subarray(row * width, (row + 1) * width), position * width))
}

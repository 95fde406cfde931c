import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { float32Bytes } from '../../models/floats.ts'
import { createFeaturePart } from '../head/feature-part.ts'
import { meanFeature, projection, reducedWidth } from '../head/feature-rows.ts'
import { dealFolds } from '../head/folds.ts'
import { readHeadImages } from '../head/head-images.ts'
import { readLabelledRows, scatterRows, type LabelledRows } from '../head/labelled-rows.ts'
import { predictFolds } from '../head/predict-folds.ts'
import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'
import { openRecordSource, type RecordSource } from '../records/record-source.ts'
import { startEngine } from '../start-engine.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Predicts every image by a linear head that was fit to the other folds, on the features that training caches.
 *
 * @throws AppError 'weights-missing', 'weights-invalid', 'engine-unavailable', 'invalid-input', 'too-few-images', 'cancelled'
 */
export async function crossValidate(
  input: JobInput<'crossValidate'>,
  context: JobContext,
): Promise<JobOutput<'crossValidate'>> {
  const start = performance.now()
  const images = await readHeadImages(input)
  const { classes, labels, groups, folds, seed } = input
  const part = await createFeaturePart(input.weights, await startEngine(input.engine, context), input.own)
  let source: RecordSource | undefined
  let labelled: LabelledRows | undefined
  try {
    source = await openRecordSource(images, part, input.cache, context)
    const mean = await meanFeature(source, images.length, part.length)
    labelled = await readLabelledRows(source, labels, mean, context)
    const featuresSeconds = (performance.now() - start) / 1000
    const { positions } = labelled
    const ofRows = positions.map((position) => groups[position] as number)
    const held = dealFolds(labelled.labels, folds, { seed, groups: ofRows })
    if (held.length < 2) {
      throw new AppError(
        'too-few-images',
        `Images of at least two groups were expected, to predict each by the others; ${positions.length} can be read.`,
      )
    }
    const predicted = await predictFolds(labelled, held, classes, context)
    await breathe(context)
    const probabilities = new Float32Array(images.length * classes).fill(NaN)
    scatterRows(predicted.probabilities, positions, probabilities, classes)
    const reduced = new Float32Array(images.length * reducedWidth).fill(NaN)
    scatterRows(reducedRows(labelled.features), positions, reduced, reducedWidth)
    writeWholeFile(input.probabilitiesPath, float32Bytes(probabilities))
    writeWholeFile(input.featuresPath, float32Bytes(reduced))
    return {
      features: reducedWidth,
      folds: held.length,
      accuracy: predicted.accuracy,
      cached: source.cached,
      skipped: [...source.skipped].map(([position, file]) => ({ position, ...file })),
      seconds: { features: featuresSeconds, total: (performance.now() - start) / 1000 },
    }
  } finally {
    labelled?.features.dispose()
    source?.close()
    part.dispose()
  }
}

function reducedRows(features: tf.Tensor2D): Float32Array {
  const width = features.shape[1]
  const product = tf.tidy(() => tf.matMul(features, tf.tensor2d(projection(width), [width, reducedWidth])))
  const values = product.dataSync() as Float32Array
  product.dispose()
  return values
}

import { applyGradients, applyStatistics } from '../../ml/train-step.ts'
import type { Dataset } from '../dataset.ts'
import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'
import { worthHelpersSeconds } from '../records/compute-records.ts'
import { measureHelpers } from '../records/helpers/measure-helpers.ts'
import { openRecordCaches, type RecordCacheOptions } from '../records/record-caches.ts'
import { planRecords } from '../records/record-plan.ts'
import { createTrainingAugmentation } from '../training-augmentation.ts'
import { batchGradients } from './batch-gradients.ts'
import { epochOrder } from './epoch-order.ts'
import { cutPhase, openPhase, type PhaseSession, type PhaseSessionOptions } from './phase-session.ts'

/** What a phase costs, measured on a few of its images. */
export interface PhaseCalibration {
  /** Records of frozen layers (an image, or one of its variants) that are not in the cache. */
  readonly toCompute: number
  readonly cached: number
  /** That have neither memory nor disk, so that every epoch computes them again. */
  readonly recomputed: number
  readonly secondsPerRecord: number
  /** Reading a batch, its gradients and the update. */
  readonly secondsPerBatch: number
  /** Of one image, above the freeze boundary. */
  readonly secondsPerPrediction: number
  readonly recordBytes: number
  /** Records that training keeps in memory, beyond those of the calibration. */
  readonly residentBytes: number
}

const sampleImages = 48
const validationImages = 16
/** Steps are measured for about so long. */
const measuredSeconds = 1.5
const fewestSteps = 3

/**
 * Computes the records of some images (they go into the cache, so nothing is done in vain), trains some batches with them on copies of the
 * parameters, and predicts some.
 *
 * @param options `values` are changed by the steps
 * @throws AppError as `openPhase`
 */
export async function calibratePhase(
  options: Omit<PhaseSessionOptions, 'stopCancels'> & { readonly cache: RecordCacheOptions },
): Promise<PhaseCalibration> {
  const { plan, dataset } = options
  const records = countRecords(options)
  const labels = dataset.images.map(({ classIndex }) => classIndex)
  const missing = new Set(records.missingPositions)
  const order = epochOrder({ ...plan, sampling: 'shuffle' }, dataset.splits.train, labels, 1)
  // Those that are still to be computed first: they tell what computing takes.
  const train = [
    ...order.filter((position) => missing.has(position)),
    ...order.filter((position) => !missing.has(position)),
  ].slice(0, Math.max(plan.batchSize, sampleImages))
  const validation = dataset.splits.validation.slice(0, validationImages)

  const warm = train.slice(0, 16)
  await timeOpening(options, subset(dataset, warm, []), ({ close }) => close())
  const sample = subset(dataset, train, validation)
  const fresh = countRecords({ ...options, dataset: sample }).missing
  let measured: Pick<PhaseCalibration, 'secondsPerBatch' | 'secondsPerPrediction'> | undefined
  const seconds = await timeOpening(options, sample, async (session) => {
    try {
      measured = await measureSteps(options, sample, session)
    } finally {
      session.close()
    }
  })
  const { secondsPerBatch = 0, secondsPerPrediction = 0 } = measured ?? {}
  const alone = fresh > 0 ? seconds / fresh : 0
  return {
    toCompute: records.missing,
    cached: records.kept - records.missing,
    recomputed: records.recomputed,
    secondsPerRecord:
      records.missing * alone > worthHelpersSeconds
        ? Math.min(alone, (await measuredByHelpers(options, sample)) ?? alone)
        : alone,
    secondsPerBatch,
    secondsPerPrediction,
    recordBytes: records.recordBytes,
    residentBytes: Math.max(0, records.inMemory - train.length - validation.length) * records.recordBytes,
  }
}

type CalibrationOptions = Parameters<typeof calibratePhase>[0]

/** @returns seconds that opening took */
async function timeOpening(
  options: CalibrationOptions,
  dataset: Dataset,
  use: (session: PhaseSession) => void | Promise<void>,
): Promise<number> {
  const start = performance.now()
  const session = await openPhase({ ...options, dataset, stopCancels: true, context: quiet(options.context) })
  const seconds = (performance.now() - start) / 1000
  await use(session)
  return seconds
}

async function measureSteps(
  { plan, context }: CalibrationOptions,
  { splits, images, classes: names }: Dataset,
  session: PhaseSession,
): Promise<Pick<PhaseCalibration, 'secondsPerBatch' | 'secondsPerPrediction'>> {
  const { source, trainee } = session
  const classification = { labels: images.map(({ classIndex }) => classIndex), classes: names.length }
  const step = async (index: number): Promise<void> => {
    const batch = await source.read(splits.train.slice(0, plan.batchSize), { epoch: 1 })
    if (batch.rows.length === 0) return
    const key = { seed: plan.seed, step: index }
    const { gradients, statistics } = await batchGradients(session, plan, classification, batch, key)
    applyStatistics(trainee, statistics)
    applyGradients(trainee, gradients, () => 0)
    await breathe(context)
  }
  await step(0)
  await step(1)
  const start = performance.now()
  let steps = 0
  while (steps < fewestSteps || performance.now() - start < measuredSeconds * 1000) {
    await step(steps + 2)
    steps += 1
  }
  const secondsPerBatch = (performance.now() - start) / 1000 / steps
  const predicted = splits.validation.length > 0 ? splits.validation : splits.train
  await session.predict(predicted)
  const predicting = performance.now()
  await session.predict(predicted)
  const secondsPerPrediction = (performance.now() - predicting) / 1000 / predicted.length
  return { secondsPerBatch, secondsPerPrediction }
}

async function measuredByHelpers(options: CalibrationOptions, { images }: Dataset): Promise<number | null> {
  const { part } = cutPhase(options)
  try {
    return await measureHelpers(images, { part, augmenter: null }, options.context)
  } finally {
    part.dispose()
  }
}

function countRecords(options: CalibrationOptions) {
  const { plan, dataset, cache, context } = options
  const { part } = cutPhase(options)
  const augmentation = createTrainingAugmentation(plan, dataset.splits.train)
  const records = planRecords(dataset.images, part, augmentation)
  const caches = openRecordCaches(dataset.images, part, augmentation, cache, context)
  try {
    const missing = records.kept.filter((record) => !caches.has(record))
    const kept = records.kept.length
    const inMemory = Math.min(kept, Math.floor(cache.memoryBudgetBytes / part.recordBytes))
    return {
      kept,
      missing: missing.length,
      missingPositions: missing.map(({ position }) => position),
      inMemory,
      recomputed: caches.fits(missing) ? 0 : kept - inMemory,
      recordBytes: part.recordBytes,
    }
  } finally {
    caches.close()
    part.dispose()
  }
}

/** Some images of a dataset as a dataset. */
function subset(dataset: Dataset, train: readonly number[], validation: readonly number[]): Dataset {
  const positions = [...train, ...validation]
  return {
    ...dataset,
    images: positions.map((position) => dataset.images[position] as Dataset['images'][number]),
    manifestPlaces: positions.map((position) => dataset.manifestPlaces[position] ?? 0),
    splits: {
      train: train.map((_, index) => index),
      validation: validation.map((_, index) => train.length + index),
      test: [],
    },
  }
}

/** Skipped images are told of by the training itself, and its progress is another. */
function quiet(context: JobContext): JobContext {
  return { ...context, emit: () => {} }
}

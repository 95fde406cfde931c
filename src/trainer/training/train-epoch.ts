import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError } from '../../contract/errors.ts'
import { clipByGlobalNorm, createGradientAccumulator, globalNorm } from '../../ml/gradients.ts'
import { applyGradients, applyStatistics } from '../../ml/train-step.ts'
import { learningRateAt } from '../../models/training/schedules.ts'
import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'
import { batchGradients } from './batch-gradients.ts'
import type { RateOf } from './learning-rates.ts'
import type { PhaseSession } from './phase-session.ts'
import type { Classification } from './training-images.ts'

/** One pass over the training images. */
export interface EpochOptions {
  readonly plan: TrainPlan
  readonly session: PhaseSession
  /** Of the whole run: 1, 2, … */
  readonly epoch: number
  /** In the order in which they are met. */
  readonly positions: readonly number[]
  readonly classification: Classification
  /** Losses that a schedule may follow: of the phase's epochs so far. */
  readonly monitored: readonly number[]
  readonly rateOf: RateOf
  readonly onBatch: (batch: TrainedBatch) => void
  /** Whether the next batch's gradient norm will be told: it costs a pass over all gradients. */
  readonly wantsGradientNorm: () => boolean
  readonly context: JobContext
}

/** What is known of a batch once it was trained on. */
export interface TrainedBatch {
  readonly step: number
  /** Fractional. */
  readonly epoch: number
  readonly loss: number
  readonly accuracy: number
  readonly images: number
  /** Of the head, in the last step; undefined before the first. */
  readonly learningRate: number | undefined
  /** Of the last step for which it was wanted, before clipping. */
  readonly gradientNorm: number | undefined
}

/** What an epoch tells of its training images, as they were met. */
export interface EpochResult {
  readonly loss: number
  readonly accuracy: number
  /** Of the head, in the last step. */
  readonly learningRate: number
}

/**
 * Trains one epoch.
 *
 * @returns 'stopped' where a stop came before its last batch
 * @throws AppError 'loss-not-finite', 'cancelled'
 */
export async function trainEpoch(options: EpochOptions): Promise<'stopped' | EpochResult> {
  const { plan, session, epoch, positions, classification, context } = options
  const { source, trainee, phase } = session
  const batches = Math.ceil(positions.length / plan.batchSize)
  const stepsPerEpoch = Math.ceil(batches / plan.accumulation)
  const accumulator = createGradientAccumulator()
  const readBatch = (index: number) =>
    source.read(positions.slice(index * plan.batchSize, (index + 1) * plan.batchSize), { epoch })
  let ahead: ReturnType<typeof readBatch> | undefined
  let images = 0
  let lossSum = 0
  let correctSum = 0
  let learningRate = phase.learningRate
  let steppedRate: number | undefined
  let gradientNorm: number | undefined
  for (let index = 0; index < batches; index += 1) {
    const batch = await (ahead ?? readBatch(index))
    const rows = batch.rows.length
    ahead = undefined
    if (source.kind === 'streamed' && index + 1 < batches) {
      ahead = readBatch(index + 1)
      // Its failure is met where it is awaited; until then it must not count as unhandled.
      ahead.catch(() => {})
    }
    // Of the run, whatever was stopped and resumed: what is random in a batch derives from it.
    const key = { seed: plan.seed, step: (epoch - 1) * batches + index }
    let trained: Omit<TrainedBatch, 'learningRate' | 'gradientNorm'> | undefined
    if (rows > 0) {
      const result = await batchGradients(session, plan, classification, batch, key)
      if (!Number.isFinite(result.loss)) throw lossNotFinite(plan, epoch, index + 1, result.loss)
      applyStatistics(trainee, result.statistics)
      accumulator.add(result.gradients, rows)
      const correct = countCorrect(result.logits, result.truth, classification.classes)
      images += rows
      lossSum += result.loss * rows
      correctSum += correct
      trained = {
        step: key.step + 1,
        epoch: epoch - 1 + (index + 1) / batches,
        loss: result.loss,
        accuracy: correct / rows,
        images: rows,
      }
    }
    if ((index + 1) % plan.accumulation === 0 || index + 1 === batches) {
      const gradients = accumulator.take()
      if (gradients !== null) {
        const position = {
          step: trainee.optimizer.steps(),
          stepsPerEpoch,
          totalSteps: stepsPerEpoch * phase.epochs,
          losses: options.monitored,
        }
        if (options.wantsGradientNorm()) gradientNorm = globalNorm(gradients)
        clipByGlobalNorm(gradients, plan.clipNorm)
        applyGradients(trainee, gradients, (name) => options.rateOf(name, position))
        learningRate = learningRateAt(plan, phase.learningRate, position)
        steppedRate = learningRate
      }
    }
    if (trained) options.onBatch({ ...trained, learningRate: steppedRate, gradientNorm })
    await breathe(context)
    if (context.stopRequested() && index + 1 < batches) return 'stopped'
  }
  return { loss: lossSum / images, accuracy: correctSum / images, learningRate }
}

function lossNotFinite(plan: TrainPlan, epoch: number, batch: number, loss: number): AppError {
  return new AppError(
    'loss-not-finite',
    `The loss should be a number; it became ${loss} in epoch ${epoch}, batch ${batch}: training has diverged. ` +
      `Train again with a smaller learning rate than ${plan.learningRate}, such as ${plan.learningRate / 10}.`,
    { epoch, step: batch, loss: String(loss), learningRate: plan.learningRate },
  )
}

function countCorrect(logits: Float32Array, labels: readonly number[], classes: number): number {
  let correct = 0
  labels.forEach((label, row) => {
    let best = 0
    for (let index = 1; index < classes; index += 1) {
      if ((logits[row * classes + index] as number) > (logits[row * classes + best] as number)) best = index
    }
    if (best === label) correct += 1
  })
  return correct
}

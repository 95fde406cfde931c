import type { Epoch } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Phase } from '../../models/training/phases.ts'
import { writeCheckpoint, type StoredTensor } from '../checkpoint.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress, type ProgressReporter } from '../job-context.ts'
import type { RecordCacheOptions } from '../records/record-caches.ts'
import { createCheckpointClock } from './checkpoint-clock.ts'
import { epochOrder } from './epoch-order.ts'
import { findCheckpoint } from './find-checkpoint.ts'
import { learningRates } from './learning-rates.ts'
import { ownValues, trainedBefore, type PreparedTraining } from './prepare-training.ts'
import { openPhase, type PhaseSession } from './phase-session.ts'
import { score } from './score.ts'
import { chooseSamples, samplePredictions } from './sample-predictions.ts'
import { trainEpoch, type TrainedBatch } from './train-epoch.ts'
import { trainingImages } from './training-images.ts'
import { createTrainingState, type TrainingState } from './training-state.ts'

/** What a training is made from, apart from its preparation. */
export interface TrainingOptions {
  readonly runFolder: string
  readonly cache: RecordCacheOptions | null
  /** Go on from the last whole checkpoint in `runFolder`, where there is one. */
  readonly resume: boolean
  readonly context: JobContext
}

/** A training that has ended. */
export interface TrainedModel {
  readonly status: 'completed' | 'stopped'
  readonly epochs: readonly Epoch[]
  readonly bestEpoch: number | null
  /** Values of all parameters. */
  readonly values: ReadonlyMap<string, Float32Array>
  /** Nodes that were trained in any phase. */
  readonly trained: ReadonlySet<string>
  /** Of the last phase: it predicts as the training did. */
  readonly session: PhaseSession
  /** Of finding and computing what lies below the freeze boundaries. */
  readonly featureSeconds: number
}

const batchEventIntervalMs = 100

/**
 * Trains phase by phase, epoch by epoch: a pass over the training images in an order that derives from the seed and the epoch, then loss
 * and accuracy on the validation images, then a checkpoint, unless the last one was a moment ago for the time that writing takes. Each phase
 * begins with a fresh optimiser and schedule.
 *
 * @returns the model after the last epoch, or of the best one where early stopping is on; the caller closes its session
 * @throws AppError 'loss-not-finite', 'too-few-images', 'cancelled', and those of `openPhase`
 */
export async function train(prepared: PreparedTraining, options: TrainingOptions): Promise<TrainedModel> {
  const { plan, phases, dataset, learnable: specs, backboneSha256 } = prepared
  const { runFolder, context } = options
  const values = ownValues(prepared.values, specs)
  const origin = {
    plan,
    classes: [...dataset.classes],
    backboneSha256,
    orderSha256: dataset.orderSha256,
  }
  const checkpoint = options.resume ? findCheckpoint(runFolder, origin, context) : null
  const state = createTrainingState(plan, phases, checkpoint?.state)
  if (checkpoint) restore(values, checkpoint.parameters)
  if (options.resume) {
    const batches = Math.ceil(dataset.splits.train.length / plan.batchSize)
    const ended = state.epochs.map((row) => epochEnd(row, batches))
    context.emit({ type: 'resumed', epoch: state.epochs.length, ended })
  }
  const copyValues = (): Map<string, StoredTensor> =>
    new Map(
      specs.map(({ name, shape }) => [
        name,
        { shape, values: Float32Array.from(values.get(name) as Float32Array) },
      ]),
    )
  let best = checkpoint && (checkpoint.best.size > 0 ? checkpoint.best : checkpoint.parameters)
  let slots = checkpoint?.slots
  let featureMs = 0
  let session: PhaseSession | undefined

  const finishPhase = (opened?: PhaseSession): void => {
    if (plan.earlyStopping === 0 || best === null) return
    restore(values, best)
    opened?.reload()
  }

  try {
    for (;;) {
      const phase = phases[state.phase] as Phase
      const isLast = state.phase === phases.length - 1
      if (state.hasPhaseEnded() && !isLast) {
        finishPhase()
        state.beginPhase()
        slots = undefined
        continue
      }
      const opening = performance.now()
      session = await openPhase({
        ...prepared,
        ...options,
        values,
        phase,
        changed: trainedBefore(prepared.trained, state.phase),
        // Before the first epoch there is nothing that a stop could keep.
        stopCancels: state.epochs.length === 0,
      })
      featureMs += performance.now() - opening
      const { optimizer } = session.trainee
      if (slots) optimizer.restore(state.step, new Map([...slots].map(([name, slot]) => [name, slot.values])))
      slots = undefined
      const opened = session
      if (phases.length > 1) {
        const epoch = state.epochs.length
        const step = epoch * Math.ceil(dataset.splits.train.length / plan.batchSize)
        context.emit({ type: 'phaseBegin', phase: state.phase + 1, step, epoch })
      }
      const clock = createCheckpointClock()
      const save = (): void => {
        const path = writeCheckpoint(runFolder, {
          state: { ...origin, ...state.toStored(optimizer.steps()) },
          parameters: copyValues(),
          slots: new Map(
            [...optimizer.slots()].map(([name, slot]) => [name, { shape: [slot.length], values: slot }]),
          ),
          best: plan.earlyStopping > 0 && best ? best : new Map(),
        })
        context.emit({ type: 'checkpoint', epoch: state.epochs.length, path })
      }
      const stopped = await trainPhase({
        prepared,
        context,
        state,
        session,
        async onEpoch(isBest) {
          requireFinite(values, specs, plan, state.epochs.length)
          // Only early stopping goes back to the best epoch's values.
          if (isBest && plan.earlyStopping > 0) best = copyValues()
          const ends = state.hasPhaseEnded() || context.stopRequested()
          if (ends || clock.isDue()) clock.measure(save)
          await breathe(context)
        },
      })
      if (stopped || isLast || context.stopRequested()) {
        finishPhase(opened)
        const isWhole = isLast && state.hasPhaseEnded()
        return {
          status: isWhole ? 'completed' : 'stopped',
          epochs: state.epochs,
          bestEpoch: state.best?.epoch ?? null,
          values,
          trained: trainedBefore(prepared.trained, phases.length),
          session: opened,
          featureSeconds: featureMs / 1000,
        }
      }
      opened.close()
      session = undefined
    }
  } catch (error) {
    session?.close()
    throw error
  }
}

interface PhaseOptions {
  readonly prepared: PreparedTraining
  readonly context: JobContext
  readonly state: TrainingState
  readonly session: PhaseSession
  /** After each epoch, whose row is in the state by then. */
  readonly onEpoch: (isBest: boolean) => Promise<void>
}

/** @returns whether a stop cut an epoch short */
async function trainPhase({
  prepared: { plan, dataset },
  context,
  state,
  session,
  onEpoch,
}: PhaseOptions): Promise<boolean> {
  const images = trainingImages(plan, dataset, session.source)
  const { positions, labels, classes } = images
  const rateOf = learningRates(plan, session.phase, session.network)
  const progress = createProgress(context, plan, positions.length, state.epochsLeft())
  const samples = chooseSamples(dataset)
  while (!state.hasPhaseEnded()) {
    const epoch = state.epochs.length + 1
    const start = performance.now()
    progress.beginEpoch()
    const result = await trainEpoch({
      plan,
      session,
      epoch,
      positions: epochOrder(plan, positions, labels, epoch),
      classification: images,
      monitored: state.monitoredInPhase(),
      rateOf,
      onBatch: progress.batch,
      wantsGradientNorm: progress.isDue,
      context,
    })
    if (result === 'stopped') return true
    const seconds = (performance.now() - start) / 1000
    const predictions = await session.predict(dataset.splits.validation)
    const validation = score(predictions, labels, classes)
    const row: Epoch = {
      epoch,
      ...result,
      valLoss: validation?.loss ?? null,
      valAccuracy: validation?.accuracy ?? null,
      seconds,
    }
    const isBest = state.addEpoch(row)
    context.emit({
      ...epochEnd(row, Math.ceil(positions.length / plan.batchSize)),
      at: Date.now(),
      samples: samplePredictions(samples, dataset, predictions),
    })
    await onEpoch(isBest)
    if (context.stopRequested()) break
  }
  progress.finish()
  return false
}

/** @param batches of one epoch */
function epochEnd(row: Epoch, batches: number): Extract<JobEvent, { type: 'epochEnd' }> {
  return { type: 'epochEnd', step: row.epoch * batches, epoch: row }
}

function restore(values: ReadonlyMap<string, Float32Array>, stored: ReadonlyMap<string, StoredTensor>): void {
  for (const [name, tensor] of stored) values.get(name)?.set(tensor.values)
}

/** A step may leave numbers that only the next batch would meet: they must not reach a checkpoint. */
function requireFinite(
  values: ReadonlyMap<string, Float32Array>,
  specs: readonly { readonly name: string }[],
  plan: TrainPlan,
  epoch: number,
): void {
  for (const { name } of specs) {
    const tensor = values.get(name) as Float32Array
    let sum = 0
    for (let index = 0; index < tensor.length; index += 1) sum += tensor[index] as number
    if (Number.isFinite(sum)) continue
    throw new AppError(
      'loss-not-finite',
      `Every weight should be a number; '${name}' is not after epoch ${epoch}: training has diverged. ` +
        `Train again with a smaller learning rate than ${plan.learningRate}, such as ${plan.learningRate / 10}.`,
      { epoch, parameter: name, learningRate: plan.learningRate },
    )
  }
}

function createProgress(context: JobContext, plan: TrainPlan, images: number, epochs: number) {
  const batches = Math.ceil(images / plan.batchSize)
  const reporter: ProgressReporter = reportProgress(context, 'training', batches * epochs, images / batches)
  let last = -Infinity
  let countedFrom = performance.now()
  let counted = 0
  const isDue = (): boolean => performance.now() - last >= batchEventIntervalMs
  return {
    /** Whether the next batch is told. */
    isDue,
    /** Validation and checkpoints before it do not count as training. */
    beginEpoch(): void {
      countedFrom = performance.now()
      counted = 0
    },
    batch({ images: trained, learningRate, gradientNorm, ...batch }: TrainedBatch): void {
      reporter.advance()
      counted += trained
      if (!isDue()) return
      const now = performance.now()
      const seconds = (now - countedFrom) / 1000
      context.emit({
        type: 'batchEnd',
        ...batch,
        ...(learningRate === undefined ? {} : { learningRate }),
        // The loss of the next batch says what is wrong.
        ...(gradientNorm !== undefined && Number.isFinite(gradientNorm) ? { gradientNorm } : {}),
        ...(seconds > 0 ? { imagesPerSecond: counted / seconds } : {}),
        rssBytes: process.memoryUsage.rss(),
      })
      last = countedFrom = now
      counted = 0
    },
    finish: reporter.finish,
  }
}

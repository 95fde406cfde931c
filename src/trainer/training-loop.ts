import type { Epoch } from '../contract/entities.ts'
import type { TrainPlan } from '../contract/train-plan.ts'
import { AppError } from '../contract/errors.ts'
import { createExecutor, createParameters, disposeParameters } from '../ml/execute.ts'
import { balancedClassWeights, weightedTargets } from '../ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../ml/optimizers/index.ts'
import { replaceParameter, trainStep, type Trainee } from '../ml/train-step.ts'
import { metrics } from '../metrics/index.ts'
import { headBlock } from '../models/graph.ts'
import { createRandom } from '../models/random.ts'
import { elementCount, parametersOf } from '../models/shapes.ts'
import { optimizerOf } from '../models/training/optimizers.ts'
import { learningRateAt } from '../models/training/schedules.ts'
import { writeCheckpoint, type StoredTensor } from './checkpoint.ts'
import type { Dataset } from './dataset.ts'
import { findCheckpoint } from './find-checkpoint.ts'
import type { JobContext } from './job-context.ts'
import { breathe, reportProgress } from './job-context.ts'
import type { Network } from './network.ts'
import { predictRows, type Predictor, type RowPredictions } from './predict-rows.ts'
import type { RecordSource } from './record-source.ts'

/** What a training is made from. */
export interface TrainingOptions {
  readonly plan: TrainPlan
  readonly network: Network
  /** Values of all parameters to start from. */
  readonly values: ReadonlyMap<string, Float32Array>
  readonly dataset: Dataset
  readonly source: RecordSource
  readonly runFolder: string
  /** Go on from the last whole checkpoint in `runFolder`, where there is one. */
  readonly resume: boolean
  /** Of the weights that the frozen layers come from. */
  readonly backboneSha256: string | null
  readonly context: JobContext
}

/** A training that has ended. */
export interface TrainedModel {
  readonly status: 'completed' | 'stopped'
  readonly epochs: Epoch[]
  readonly bestEpoch: number | null
  /** Values of the trained layers. */
  readonly values: ReadonlyMap<string, Float32Array>
  readonly predict: (positions: readonly number[]) => Promise<RowPredictions>
  /** Frees its tensors. */
  readonly dispose: () => void
}

const batchEventIntervalMs = 100

/**
 * Trains what lies above the freeze boundary, epoch by epoch: a pass over the training images in an order that derives from the seed and
 * the epoch, then loss and accuracy on the validation images, then a checkpoint.
 *
 * @returns the model after the last epoch, or of the best one where early stopping is on; the caller disposes it
 * @throws AppError 'loss-not-finite', 'too-few-images', 'cancelled'
 */
export async function train(options: TrainingOptions): Promise<TrainedModel> {
  const { plan, network, dataset, source, context } = options
  const { trainable, cut } = network
  const specs = parametersOf(cut.rest)
  const trainedSpecs = specs.filter(({ node }) => trainable.has(node))
  const parameters = createParameters(specs, options.values)
  // Copies: steps change them in place.
  const trainedValues = new Map(
    trainedSpecs.map(({ name }) => [name, Float32Array.from(options.values.get(name) ?? [])]),
  )
  const sizes = trainedSpecs
    .filter((spec) => spec.trainable)
    .map(({ name, shape }): [string, number] => [name, elementCount(shape)])
  const optimizer = createOptimizer(optimizerOf(plan), new Map(sizes))
  const executor = createExecutor(cut.rest)
  const trainee: Trainee = {
    graph: cut.rest,
    executor,
    parameters,
    values: trainedValues,
    specs,
    trainable,
    optimizer,
  }
  const shape = recordShapeOf(network)
  const predictor: Predictor = { executor, parameters, shape, classes: dataset.classes.length }
  const dispose = (): void => disposeParameters(parameters)
  const predict = (positions: readonly number[]): Promise<RowPredictions> =>
    predictRows(predictor, source, positions, context)
  const copyTrained = (): Map<string, StoredTensor> =>
    new Map(
      trainedSpecs.map(({ name, shape }) => [
        name,
        { shape, values: Float32Array.from(trainedValues.get(name) ?? []) },
      ]),
    )

  try {
    const labels = dataset.images.map(({ classIndex }) => classIndex)
    const trainOrder = dataset.splits.train.filter((position) => !source.skipped.has(position))
    if (trainOrder.length === 0) {
      throw new AppError(
        'too-few-images',
        'None of the training images can be read; see the list of skipped files.',
        {
          train: 0,
        },
      )
    }
    const classWeights =
      plan.classWeights === 'balanced'
        ? balancedClassWeights(
            trainOrder.map((position) => labels[position] ?? 0),
            dataset.classes.length,
          )
        : undefined
    const origin = {
      plan,
      classes: [...dataset.classes],
      backboneSha256: options.backboneSha256,
      orderSha256: dataset.orderSha256,
    }
    const checkpoint = options.resume ? findCheckpoint(options.runFolder, origin, context) : null
    const done = checkpoint?.state.epochs.length ?? 0
    if (options.resume) context.emit({ type: 'resumed', epoch: done })
    const progress = createProgress(context, plan, trainOrder.length, plan.epochs - done)
    const rateOf = learningRates(plan, network)
    const epochs: Epoch[] = []
    const monitored: number[] = []
    let best: { epoch: number; loss: number; parameters: Map<string, StoredTensor> } | null = null
    let status: TrainedModel['status'] = 'completed'
    if (checkpoint) {
      const { state, parameters: stored, slots, best: bestStored } = checkpoint
      for (const [name, { shape: size, values }] of stored) {
        trainedValues.get(name)?.set(values)
        replaceParameter(parameters, name, size, values)
      }
      optimizer.restore(state.step, new Map([...slots].map(([name, { values }]) => [name, values])))
      epochs.push(...state.epochs)
      monitored.push(...state.epochs.map((row) => row.valLoss ?? row.loss))
      const epoch = state.bestEpoch ?? done
      best = {
        epoch,
        loss: monitored[epoch - 1] ?? Infinity,
        parameters: new Map(bestStored.size > 0 ? bestStored : stored),
      }
    }
    const hasStoppedEarly = (): boolean =>
      plan.earlyStopping > 0 && best !== null && epochs.length - best.epoch >= plan.earlyStopping

    for (let epoch = done + 1; epoch <= plan.epochs && !hasStoppedEarly(); epoch += 1) {
      const start = performance.now()
      const order = createRandom({ seed: plan.seed, purpose: 'shuffle', epoch }).permutation(
        trainOrder.length,
      )
      const shuffled = Array.from(order, (index) => trainOrder[index] as number)
      const pass = await trainEpoch({
        plan,
        epoch,
        positions: shuffled,
        labels,
        classWeights,
        classes: dataset.classes.length,
        shape,
        source,
        trainee,
        context,
        monitored,
        rateOf,
        onBatch: progress.batch,
      })
      if (pass === 'stopped') {
        status = 'stopped'
        break
      }
      const seconds = (performance.now() - start) / 1000
      const validation = score(await predict(dataset.splits.validation), labels, dataset.classes.length)
      const row: Epoch = {
        epoch,
        loss: pass.loss,
        accuracy: pass.accuracy,
        valLoss: validation?.loss ?? null,
        valAccuracy: validation?.accuracy ?? null,
        learningRate: pass.learningRate,
        seconds,
      }
      epochs.push(row)
      const loss = row.valLoss ?? row.loss
      monitored.push(loss)
      const trained = copyTrained()
      if (best === null || loss < best.loss) best = { epoch, loss, parameters: trained }
      const path = writeCheckpoint(options.runFolder, {
        state: {
          ...origin,
          step: optimizer.steps(),
          epochs,
          bestEpoch: best.epoch,
          epochsWithoutImprovement: epoch - best.epoch,
        },
        parameters: trained,
        slots: new Map(
          [...optimizer.slots()].map(([name, values]) => [name, { shape: [values.length], values }]),
        ),
        best: plan.earlyStopping > 0 ? best.parameters : new Map(),
      })
      context.emit({ type: 'epochEnd', step: optimizer.steps(), epoch: row })
      context.emit({ type: 'checkpoint', epoch, path })
      await breathe(context)
      if (context.stopRequested()) {
        if (epoch < plan.epochs) status = 'stopped'
        break
      }
    }
    progress.finish()
    if (plan.earlyStopping > 0 && best !== null) {
      for (const [name, { shape: size, values }] of best.parameters) {
        trainedValues.get(name)?.set(values)
        replaceParameter(parameters, name, size, values)
      }
    }
    return {
      status,
      epochs,
      bestEpoch: best?.epoch ?? null,
      values: trainedValues,
      predict,
      dispose,
    }
  } catch (error) {
    dispose()
    throw error
  }
}

/** Loss and accuracy of predictions; null without any. */
export function score(
  { rows, probabilities }: RowPredictions,
  labels: readonly number[],
  classes: number,
): { loss: number; accuracy: number } | null {
  if (rows.length === 0) return null
  const loss = metrics.loss(classes)
  const accuracy = metrics.accuracy(classes)
  const truth = rows.map((row) => labels[row] as number)
  for (const metric of [loss, accuracy]) metric.update(probabilities, truth)
  return { loss: loss.result(), accuracy: accuracy.result() }
}

/** The shape of what crosses the boundary. */
export function recordShapeOf({ cut }: Pick<Network, 'cut'>): readonly number[] {
  const input = cut.rest.nodes.find((node) => node.op === 'input')
  return input?.op === 'input' ? input.attributes.shape : []
}

type RateOf = (name: string, position: Parameters<typeof learningRateAt>[2]) => number

/** The head by the plan's rate, the backbone by its own: a tenth of it, but where the backbone is as untrained as the head. */
function learningRates(plan: TrainPlan, { graph, specs }: Network): RateOf {
  const head = new Set(graph.nodes.filter((node) => node.block === headBlock).map((node) => node.name))
  const headParameters = new Set(specs.filter(({ node }) => head.has(node)).map(({ name }) => name))
  const backboneRate =
    plan.learningRateBackbone ?? (plan.mode === 'scratch' ? plan.learningRate : plan.learningRate / 10)
  return (name, position) =>
    learningRateAt(plan, headParameters.has(name) ? plan.learningRate : backboneRate, position)
}

interface EpochOptions {
  readonly plan: TrainPlan
  readonly epoch: number
  readonly positions: readonly number[]
  readonly labels: readonly number[]
  readonly classWeights: Float32Array | undefined
  readonly classes: number
  readonly shape: readonly number[]
  readonly source: RecordSource
  readonly trainee: Trainee
  readonly context: JobContext
  readonly monitored: readonly number[]
  readonly rateOf: RateOf
  readonly onBatch: (batch: { step: number; epoch: number; loss: number; accuracy: number }) => void
}

async function trainEpoch(
  options: EpochOptions,
): Promise<'stopped' | { loss: number; accuracy: number; learningRate: number }> {
  const { plan, epoch, positions, labels, classes, source, trainee, context } = options
  const stepsPerEpoch = Math.ceil(positions.length / plan.batchSize)
  const readBatch = (index: number) =>
    source.read(positions.slice(index * plan.batchSize, (index + 1) * plan.batchSize), { epoch })
  let ahead: ReturnType<typeof readBatch> | undefined
  let images = 0
  let lossSum = 0
  let correctSum = 0
  let learningRate = plan.learningRate
  for (let index = 0; index < stepsPerEpoch; index += 1) {
    const { rows, input } = await (ahead ?? readBatch(index))
    ahead = undefined
    if (source.kind === 'streamed' && index + 1 < stepsPerEpoch) {
      ahead = readBatch(index + 1)
      // Its failure is met where it is awaited; until then it must not count as unhandled.
      ahead.catch(() => {})
    }
    if (rows.length > 0) {
      const step = trainee.optimizer.steps()
      const position = {
        step,
        stepsPerEpoch,
        totalSteps: stepsPerEpoch * plan.epochs,
        losses: options.monitored,
      }
      learningRate = learningRateAt(plan, plan.learningRate, position)
      const truth = rows.map((row) => labels[row] as number)
      const batch = {
        input,
        shape: options.shape,
        rows: rows.length,
        targets: weightedTargets(truth, classes, options.classWeights),
        classes,
      }
      const result = await trainStep(trainee, batch, (name) => options.rateOf(name, position), {
        seed: plan.seed,
        step,
      })
      if (!Number.isFinite(result.loss)) throw lossNotFinite(plan, epoch, step + 1, result.loss)
      const correct = countCorrect(result.logits, truth, classes)
      images += rows.length
      lossSum += result.loss * rows.length
      correctSum += correct
      options.onBatch({
        step: step + 1,
        epoch: epoch - 1 + (index + 1) / stepsPerEpoch,
        loss: result.loss,
        accuracy: correct / rows.length,
      })
    }
    await breathe(context)
    if (context.stopRequested() && index + 1 < stepsPerEpoch) return 'stopped'
  }
  return { loss: lossSum / images, accuracy: correctSum / images, learningRate }
}

function lossNotFinite(plan: TrainPlan, epoch: number, step: number, loss: number): AppError {
  return new AppError(
    'loss-not-finite',
    `The loss should be a number; it became ${loss} in epoch ${epoch}, step ${step}: training has diverged. ` +
      `Train again with a smaller learning rate than ${plan.learningRate}, such as ${plan.learningRate / 10}.`,
    { epoch, step, loss: String(loss), learningRate: plan.learningRate },
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

function createProgress(context: JobContext, plan: TrainPlan, images: number, epochs: number) {
  const steps = Math.ceil(images / plan.batchSize)
  const reporter = reportProgress(context, 'training', steps * epochs, images / steps)
  let last = -Infinity
  return {
    batch(batch: { step: number; epoch: number; loss: number; accuracy: number }): void {
      reporter.advance()
      const now = performance.now()
      if (now - last < batchEventIntervalMs) return
      last = now
      context.emit({ type: 'batchEnd', ...batch })
    },
    finish: reporter.finish,
  }
}

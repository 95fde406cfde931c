import { createHash } from 'node:crypto'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { createOptimizer } from '../../ml/optimizers/index.ts'
import { replaceParameter, type Trainee } from '../../ml/train-step.ts'
import type { Backbone, Preprocessing } from '../../models/backbone.ts'
import { float32Bytes } from '../../models/floats.ts'
import { elementCount, parametersOf } from '../../models/shapes.ts'
import { optimizerOf } from '../../models/training/optimizers.ts'
import type { Phase } from '../../models/training/phases.ts'
import type { Dataset } from '../dataset.ts'
import { createFrozenPart, type FrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { buildNetwork, recordShapeOf, type Network } from '../network.ts'
import type { RecordCacheOptions } from '../records/record-caches.ts'
import { openRecordSource, type RecordSource } from '../records/record-source.ts'
import { createTrainingAugmentation } from '../training-augmentation.ts'
import { predictRows, type Predictor, type RowPredictions } from './predict-rows.ts'

/** Everything that a phase trains and predicts with. */
export interface PhaseSession {
  readonly phase: Phase
  readonly network: Network
  readonly trainee: Trainee
  readonly source: RecordSource
  /** Of a record, without the batch. */
  readonly shape: readonly number[]
  readonly predict: (positions: readonly number[]) => Promise<RowPredictions>
  /** Puts the phase's parameters on the engine again, after their values were changed by other than a step. */
  readonly reload: () => void
  /** Frees its tensors, files and memory. */
  readonly close: () => void
}

/** What a phase is opened with. */
export interface PhaseSessionOptions {
  readonly plan: TrainPlan
  readonly backbone: Backbone
  readonly phase: Phase
  readonly dataset: Dataset
  readonly engine: EngineId
  readonly cache: RecordCacheOptions | null
  /** Values of all parameters; steps change those of trained layers in place. */
  readonly values: ReadonlyMap<string, Float32Array>
  /** Nodes whose values may no longer be those of the weights. */
  readonly changed: ReadonlySet<string>
  /** How images are prepared. */
  readonly preprocessing: Preprocessing
  /** Of the published weights; null where training starts from nothing. */
  readonly backboneSha256: string | null
  /** Whether a stop that comes before it is open ends it as a cancellation does. */
  readonly stopCancels: boolean
  readonly context: JobContext
}

/**
 * Cuts the network at the phase's freeze boundary, computes or finds what lies below it for all images, and puts what lies above it on the
 * engine.
 *
 * @throws AppError 'layer-not-found', 'plan-invalid', 'cancelled'
 */
export async function openPhase(options: PhaseSessionOptions): Promise<PhaseSession> {
  const { plan, phase, dataset, cache, values, context } = options
  const { network, part } = cutPhase(options)
  let source: RecordSource | undefined
  try {
    const augmentation = createTrainingAugmentation(plan, dataset.splits.train)
    let isOpening = options.stopCancels
    const opening: JobContext = {
      ...context,
      cancelRequested: () => context.cancelRequested() || (isOpening && context.stopRequested()),
    }
    source = await openRecordSource(dataset.images, part, cache, opening, augmentation)
    isOpening = false
    if (source.kind === 'resident') part.dispose()
    const trainee = createTrainee(plan, network, values)
    const { parameters, executor, specs } = trainee
    const shape = recordShapeOf(network)
    const predictor: Predictor = { executor, parameters, shape, classes: dataset.classes.length }
    const opened = source
    return {
      phase,
      network,
      trainee,
      source,
      shape,
      predict: (positions) => predictRows(predictor, opened, positions, context),
      reload() {
        for (const { name, shape: size } of specs) {
          replaceParameter(parameters, name, size, values.get(name) as Float32Array)
        }
      },
      close() {
        disposeParameters(parameters)
        opened.close()
        part.dispose()
      },
    }
  } catch (error) {
    source?.close()
    part.dispose()
    throw error
  }
}

/** What a phase's network and its frozen part follow from. */
export type PhaseCutOptions = Pick<
  PhaseSessionOptions,
  | 'plan'
  | 'backbone'
  | 'phase'
  | 'dataset'
  | 'engine'
  | 'values'
  | 'changed'
  | 'preprocessing'
  | 'backboneSha256'
>

/** Cuts the network at the phase's freeze boundary. The caller disposes `part`, which has no tensors until it computes. */
export function cutPhase(options: PhaseCutOptions): { network: Network; part: FrozenPart } {
  const { plan, backbone, phase, dataset, engine, values, preprocessing } = options
  const network = buildNetwork(backbone, { ...plan, freeze: phase.freeze }, dataset.classes.length)
  const part = createFrozenPart({
    preprocessing,
    graph: network.cut.frozen,
    values: () => values,
    weightsSha256: frozenWeights(options, network),
    engine,
  })
  return { network, part }
}

function createTrainee(
  plan: TrainPlan,
  { cut, trainable }: Network,
  values: ReadonlyMap<string, Float32Array>,
): Trainee {
  const specs = parametersOf(cut.rest)
  const sizes = specs
    .filter((spec) => spec.trainable && trainable.has(spec.node))
    .map(({ name, shape }): [string, number] => [name, elementCount(shape)])
  return {
    graph: cut.rest,
    executor: createExecutor(cut.rest),
    parameters: createParameters(specs, values),
    values,
    specs,
    trainable,
    optimizer: createOptimizer(optimizerOf(plan), new Map(sizes)),
  }
}

/** Names the values of the frozen layers, for the cache of what they compute. */
function frozenWeights({ plan, values, changed, backboneSha256 }: PhaseCutOptions, { cut }: Network): string {
  const specs = parametersOf(cut.frozen)
  // Layers that an earlier phase trained.
  if (specs.some(({ node }) => changed.has(node))) {
    const hash = createHash('sha256')
    for (const { name } of specs) hash.update(float32Bytes(values.get(name) as Float32Array))
    return hash.digest('hex')
  }
  return backboneSha256 ?? `seed ${plan.seed}`
}

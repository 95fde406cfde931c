import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Preprocessing } from '../../models/backbone.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { countParameters, type ParameterCount, type ParameterSpec } from '../../models/shapes.ts'
import { trainingModeDefinitions } from '../../models/training/modes.ts'
import { phasesOf, type Phase } from '../../models/training/phases.ts'
import { preprocessingFor } from '../frozen-part.ts'
import { buildDataset, readManifest, type Dataset } from '../dataset.ts'
import type { JobContext } from '../job-context.ts'
import { buildNetwork, initialValues, readWeights } from '../network.ts'
import { startEngine } from '../start-engine.ts'
import { learnableSpecs } from './learnable-specs.ts'

/** What every job on a plan begins with. */
export interface PreparedTraining {
  readonly plan: TrainPlan
  readonly phases: readonly Phase[]
  readonly dataset: Dataset
  readonly engine: EngineId
  /** All parameters in graph order. */
  readonly specs: readonly ParameterSpec[]
  /** Parameters of layers that any phase trains. */
  readonly learnable: readonly ParameterSpec[]
  /** Counting as trainable what any phase trains. */
  readonly count: ParameterCount
  /** Values of all parameters to start from. */
  readonly values: ReadonlyMap<string, Float32Array>
  /** How images are prepared: as the weights take it, but for what the plan says. */
  readonly preprocessing: Preprocessing
  /** Of the published weights; null where training starts from nothing. */
  readonly backboneSha256: string | null
}

/**
 * Reads what a plan needs and starts its engine.
 *
 * @throws AppError 'invalid-input', 'too-few-classes', 'too-few-images', 'layer-not-found', 'plan-invalid', 'weights-missing', 'weights-invalid', 'engine-unavailable'
 */
export async function prepareTraining(
  input: {
    readonly plan: TrainPlan
    readonly manifestPath: string
    readonly weights: WeightsReference | null
  },
  context: JobContext,
): Promise<PreparedTraining> {
  const { plan, weights } = input
  const dataset = buildDataset(await readManifest(input.manifestPath))
  const classes = dataset.classes.length
  const phases = phasesOf(plan)
  const network = buildNetwork(plan, classes)
  const learnable = learnableSpecs(plan, phases, classes)
  const count = countParameters(network.graph, new Set(learnable.map(({ node }) => node)))
  const { pretrained } = trainingModeDefinitions[plan.mode]
  const engine = await startEngine(plan.engine, context)
  context.emit({ type: 'model', trainableParameters: count.trainable, totalParameters: count.total })
  const published = pretrained && weights ? await readWeights(weights, network.backbone) : null
  return {
    plan,
    phases,
    dataset,
    engine,
    specs: network.specs,
    learnable,
    count,
    values: initialValues(network, plan, published),
    preprocessing: preprocessingFor(
      preprocessingOf(network.backbone, pretrained ? weights?.convention : undefined),
      plan,
    ),
    backboneSha256: pretrained ? (weights?.sha256 ?? null) : null,
  }
}

/** A copy of all values, in which those of `learnable` are arrays of its own, for steps to change. */
export function ownValues(
  values: ReadonlyMap<string, Float32Array>,
  learnable: readonly ParameterSpec[],
): Map<string, Float32Array> {
  const own = new Map(values)
  for (const { name } of learnable) own.set(name, Float32Array.from(values.get(name) ?? []))
  return own
}

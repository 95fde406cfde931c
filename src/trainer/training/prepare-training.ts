import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import type { Backbone, Preprocessing } from '../../models/backbone.ts'
import { findBackbone } from '../../models/catalog.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { resolveTrainable } from '../../models/freeze.ts'
import { countParameters, type ParameterCount, type ParameterSpec } from '../../models/shapes.ts'
import { freezePlanOf, trainingModeDefinitions } from '../../models/training/modes.ts'
import { phasesOf, type Phase } from '../../models/training/phases.ts'
import { preprocessingFor } from '../frozen-part.ts'
import { collectGarbage } from '../collect-garbage.ts'
import { buildDataset, readManifest, type Dataset } from '../dataset.ts'
import type { JobContext } from '../job-context.ts'
import { buildNetwork, initialValues, readWeights } from '../network.ts'
import { startEngine } from '../start-engine.ts'

/** What every job on a plan begins with. */
export interface PreparedTraining {
  readonly plan: TrainPlan
  readonly backbone: Backbone
  readonly phases: readonly Phase[]
  readonly dataset: Dataset
  readonly engine: EngineId
  /** All parameters in graph order. */
  readonly specs: readonly ParameterSpec[]
  /** The nodes whose parameters each of the phases trains. */
  readonly trained: readonly ReadonlySet<string>[]
  /** Parameters, moving statistics included, of layers that any phase trains. */
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

/** Whose list is large beside what is kept of it. */
const manyImages = 20_000

/**
 * Reads what a plan needs and starts its engine.
 *
 * @throws AppError 'backbone-not-found', 'invalid-input', 'too-few-classes', 'too-few-images', 'layer-not-found', 'plan-invalid', 'weights-missing', 'weights-invalid', 'engine-unavailable'
 */
export async function prepareTraining(
  input: {
    readonly plan: TrainPlan
    readonly own?: OwnBackbone | undefined
    readonly manifestPath: string
    readonly weights: WeightsReference | null
  },
  context: JobContext,
): Promise<PreparedTraining> {
  const { plan, own, weights } = input
  const backbone = findBackbone(plan.backbone, own && [own])
  const { pretrained } = trainingModeDefinitions[plan.mode]
  const reading = pretrained && weights ? readWeights(weights, backbone) : null
  // What fails before it is waited for fails first.
  reading?.catch(() => {})
  const dataset = buildDataset(await readManifest(input.manifestPath))
  if (dataset.images.length >= manyImages) collectGarbage()
  const classes = dataset.classes.length
  const phases = phasesOf(plan)
  const network = buildNetwork(backbone, plan, classes)
  const { graph, specs } = network
  const trained = phases.map(({ freeze }) =>
    resolveTrainable(graph, freezePlanOf({ mode: plan.mode, freeze }, graph)),
  )
  const everTrained = trainedBefore(trained, phases.length)
  const count = countParameters(graph, everTrained)
  const engine = await startEngine(plan.engine, context)
  context.emit({ type: 'model', trainableParameters: count.trainable, totalParameters: count.total })
  const published = await reading
  return {
    plan,
    backbone,
    phases,
    dataset,
    engine,
    specs,
    trained,
    learnable: specs.filter(({ node }) => everTrained.has(node)),
    count,
    values: initialValues(network, plan, published),
    preprocessing: preprocessingFor(
      preprocessingOf(backbone, pretrained ? weights?.convention : undefined),
      plan,
    ),
    backboneSha256: pretrained ? (weights?.sha256 ?? null) : null,
  }
}

/** The nodes that phases before the one with this index train: their values are no longer those of the weights. */
export function trainedBefore(trained: PreparedTraining['trained'], phase: number): Set<string> {
  return new Set(trained.slice(0, phase).flatMap((nodes) => [...nodes]))
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

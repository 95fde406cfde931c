import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { TrainPlan } from '../contract/train-plan.ts'
import { AppError } from '../contract/errors.ts'
import type { WeightsReference } from '../contract/jobs.ts'
import type { Backbone } from '../models/backbone.ts'
import { float32Bytes } from '../models/floats.ts'
import { cutAt, freezeBoundary, resolveTrainable, type GraphCut } from '../models/freeze.ts'
import { headBlock, type Graph } from '../models/graph.ts'
import { attachHead } from '../models/heads/build-head.ts'
import { initializeParameter } from '../models/initializers.ts'
import { countParameters, parametersOf, type ParameterCount, type ParameterSpec } from '../models/shapes.ts'
import { freezePlanOf, trainingModeDefinitions } from '../models/training/modes.ts'
import { readParameters } from '../models/weights.ts'

/** A classifier as a plan has it: its layers, what of them is trained, and where they are cut. */
export interface Network {
  readonly backbone: Backbone
  /** The backbone and its head; its value is the logits `[batch, classes]`. */
  readonly graph: Graph
  /** All parameters in graph order. */
  readonly specs: readonly ParameterSpec[]
  /** Nodes whose parameters are trained. */
  readonly trainable: ReadonlySet<string>
  readonly cut: GraphCut
  readonly count: ParameterCount
}

/** @throws AppError 'layer-not-found', 'plan-invalid' */
export function buildNetwork(
  backbone: Backbone,
  plan: Pick<TrainPlan, 'mode' | 'freeze' | 'head' | 'inputSize'>,
  classes: number,
): Network {
  const graph = attachHead(backbone.build(plan.inputSize), backbone.meta.featureLayer, plan.head, classes)
  const trainable = resolveTrainable(graph, freezePlanOf(plan, graph))
  return {
    backbone,
    graph,
    specs: parametersOf(graph),
    trainable,
    cut: cutAt(graph, freezeBoundary(graph, trainable)),
    count: countParameters(graph, trainable),
  }
}

/** The shape of what crosses the freeze boundary, without the batch. */
export function recordShapeOf({ cut }: Pick<Network, 'cut'>): readonly number[] {
  const input = cut.rest.nodes.find((node) => node.op === 'input')
  return input?.op === 'input' ? input.attributes.shape : []
}

/**
 * The values a training starts from: the head's from the seed, the backbone's from published weights, or from the seed too where the mode
 * starts from nothing.
 *
 * @throws AppError 'weights-missing' where the mode needs weights and none are given
 */
export function initialValues(
  { specs, graph, backbone }: Network,
  { mode, seed }: Pick<TrainPlan, 'mode' | 'seed'>,
  weights: ReadonlyMap<string, Float32Array> | null,
): Map<string, Float32Array> {
  if (trainingModeDefinitions[mode].pretrained && weights === null) {
    throw new AppError(
      'weights-missing',
      `Training in the mode '${mode}' starts from the published weights of '${backbone.meta.id}', which are not installed. Add them, or train from scratch.`,
      { backbone: backbone.meta.id, mode },
    )
  }
  const inHead = new Set(graph.nodes.filter((node) => node.block === headBlock).map((node) => node.name))
  return new Map(
    specs.map((spec) => {
      const published = trainingModeDefinitions[mode].pretrained && !inHead.has(spec.node)
      return [spec.name, (published ? weights?.get(spec.name) : undefined) ?? initializeParameter(spec, seed)]
    }),
  )
}

/**
 * Reads a backbone's canonical weights.
 *
 * @throws AppError 'weights-missing' where the file is not there, 'weights-invalid' where it is not the one that was named
 */
export async function readWeights(
  { backbone: id, path, sha256 }: WeightsReference,
  backbone: Backbone,
): Promise<Map<string, Float32Array>> {
  if (id !== backbone.meta.id) {
    throw new AppError(
      'weights-invalid',
      `Weights of '${backbone.meta.id}' were expected; these are of '${id}'.`,
      {
        backbone: backbone.meta.id,
        received: id,
      },
    )
  }
  const file = await readFile(path).catch((error: Error) => {
    throw new AppError(
      'weights-missing',
      `The weights of '${id}' cannot be read: ${error.message}. Install them again.`,
      {
        backbone: id,
        path,
      },
    )
  })
  // On a thread of its own: hundreds of megabytes would hold up what else begins.
  const actual = Buffer.from(await crypto.subtle.digest('SHA-256', file)).toString('hex')
  if (actual !== sha256) {
    throw new AppError(
      'weights-invalid',
      `The weights of '${id}' at ${path} should have the SHA-256 ${sha256}, and have ${actual}. Install them again.`,
      { backbone: id, path, expected: sha256, actual },
    )
  }
  return readParameters(file, parametersOf(backbone.build()))
}

/** The hash of a model: over the name, shape and values of every tensor in graph order. Equal weights give equal hashes. */
export function hashModel(
  specs: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array>,
): string {
  const hash = createHash('sha256')
  for (const { name, shape } of specs) {
    hash.update(`${name}\n${shape.join()}\n`)
    hash.update(float32Bytes(values.get(name) ?? new Float32Array()))
  }
  return hash.digest('hex')
}

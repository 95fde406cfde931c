import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256Schema } from '../contract/entities.ts'
import { trainPlanSchema } from '../contract/train-plan.ts'
import { AppError } from '../contract/errors.ts'
import { ownBackboneSchema, preprocessingSchema } from '../contract/own-backbone.ts'
import type { Preprocessing } from '../models/backbone.ts'
import { findBackbone } from '../models/catalog.ts'
import { readParameters, writeParameters } from '../models/weights.ts'
import { phasesOf } from '../models/training/phases.ts'
import { buildNetwork, type Network } from './network.ts'
import { writeWholeFile } from './write-whole-file.ts'

const tensorsName = 'model.safetensors'
const descriptionName = 'model.json'
/** Of the files that a model is, in a run's folder. */
export const modelFileNames: readonly string[] = [tensorsName, descriptionName]

/** `model.json` of a run: with `model.safetensors` and the backbone's weights, all that a prediction needs. */
const modelSchema = z.object({
  format: z.literal('thaw-model'),
  version: z.literal(1),
  plan: trainPlanSchema,
  /** What the plan's backbone is, where it is the person's own. */
  own: ownBackboneSchema.optional(),
  /** Index of the phase whose freeze boundary predictions are made with. */
  phase: z.number().int().min(0).default(0),
  /** In the order of the outputs. */
  classes: z.array(z.string()),
  /** Of the weights that the layers not in `model.safetensors` come from; null where all are in it. */
  backboneSha256: sha256Schema.nullable(),
  modelSha256: sha256Schema,
  /** Side of the square input in pixels. */
  inputSize: z.number().int(),
  preprocessing: preprocessingSchema,
  featureLayer: z.string(),
  /** Layers whose tensors are in `model.safetensors`. */
  trained: z.array(z.string()),
})
export type ModelDescription = z.infer<typeof modelSchema>

/**
 * Writes the trained layers and the description of a model; the description last, so that it never names tensors that are not there.
 *
 * @param values of all parameters
 * @param trained nodes whose values are no longer those of the backbone's weights
 */
export function writeModel(
  runFolder: string,
  network: Network,
  values: ReadonlyMap<string, Float32Array>,
  trained: ReadonlySet<string>,
  described: Pick<ModelDescription, 'plan' | 'phase' | 'classes' | 'backboneSha256' | 'modelSha256'> & {
    readonly preprocessing: Preprocessing
  },
): void {
  const { backbone, specs } = network
  const { featureLayer } = backbone.meta
  const inputSize = described.plan.inputSize ?? backbone.meta.inputSize
  const description = {
    format: 'thaw-model',
    version: 1,
    ...described,
    own: backbone.own,
    inputSize,
    featureLayer,
    trained: [...trained],
  }
  const stored = specs.filter(({ node }) => trained.has(node))
  const bytes = writeParameters(stored, values, { modelSha256: described.modelSha256 })
  writeWholeFile(join(runFolder, tensorsName), bytes)
  const json = Buffer.from(`${JSON.stringify(description, null, 2)}\n`)
  writeWholeFile(join(runFolder, descriptionName), json)
}

/** A model as it was written. */
export interface StoredModel {
  readonly description: ModelDescription
  readonly network: Network
  /** Values of the trained layers. */
  readonly trained: Map<string, Float32Array>
}

/** @throws AppError 'run-has-no-model', 'weights-invalid' */
export async function readModel(runFolder: string): Promise<StoredModel> {
  let text: string
  let tensors: Buffer
  try {
    text = await readFile(join(runFolder, descriptionName), 'utf8')
    tensors = await readFile(join(runFolder, tensorsName))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('run-has-no-model', `The run has no whole model (${reason}). Train it again.`, {
      runFolder,
    })
  }
  const description = parseDescription(text, runFolder)
  const { plan, own, phase, classes } = description
  const backbone = findBackbone(plan.backbone, own && [own])
  const network = buildNetwork(backbone, { ...plan, freeze: phasesOf(plan)[phase]?.freeze }, classes.length)
  const names = new Set(description.trained)
  return {
    description,
    network,
    trained: readParameters(
      tensors,
      network.specs.filter(({ node }) => names.has(node)),
    ),
  }
}

function parseDescription(text: string, runFolder: string): ModelDescription {
  try {
    return modelSchema.parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError(
      'run-has-no-model',
      `The description of the run's model is damaged (${reason}). Train it again.`,
      { runFolder },
    )
  }
}

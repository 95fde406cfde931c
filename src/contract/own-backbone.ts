import { z } from 'zod'
import { graphSchema } from './graph.ts'

/**
 * How images become the input of a person's own model, which its file does not say: Keras's modes `tf` (-1 to 1), `torch` (ImageNet's mean
 * and deviation) and `caffe` (blue first, less ImageNet's mean), `rescale` (0 to 1), `none` (0 to 255).
 */
export const preprocessingNames = ['tf', 'torch', 'caffe', 'rescale', 'none'] as const
export type PreprocessingName = (typeof preprocessingNames)[number]
export const preprocessingNameSchema = z.enum(preprocessingNames)

const channelsSchema = z.tuple([z.number(), z.number(), z.number()])

/** How decoded pixels (0 to 255) become a network's input. @see src/models/backbone.ts */
export const preprocessingSchema = z.object({
  channels: z.enum(['rgb', 'bgr']),
  mean: channelsSchema,
  standardDeviation: channelsSchema,
  resize: z.enum(['cover', 'stretch']),
})

/** The id of a person's own backbone, which also names its folder: on Windows, some names are devices. */
export const ownBackboneIdSchema = z
  .string()
  .max(64)
  .regex(/^(?!(?:con|prn|aux|nul|(?:com|lpt)\d)(?:\.|$))[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, {
    error:
      'should be lower-case letters, digits, dots, dashes and underscores, with a letter or digit at both ends, 64 at most',
  })

/** Where a file of Keras's names has a parameter that is not under its node's name and its role's. */
const foreignParameterSchema = z.union([
  z.object({ layer: z.string(), weight: z.string() }),
  z.object({ constant: z.number() }),
])

/**
 * A person's own model as a backbone: all that is needed of it but the weights. It is kept beside them, and goes with every run and every
 * job that uses it, so that nobody needs a catalogue to resolve it.
 */
export const ownBackboneSchema = z.object({
  id: ownBackboneIdSchema,
  /** Height and width in pixels; where the size is not fixed, that which is taken unless a plan says another. */
  inputSize: z.number().int().min(8).max(1024),
  /** Whether the model takes images of that size only. */
  fixedSize: z.boolean(),
  preprocessing: preprocessingSchema,
  /** Up to the features, which are its output. Layers have the names of the file. */
  graph: graphSchema,
  /** By a parameter's name `<node>/<role>`. */
  foreignParameters: z.record(z.string(), foreignParameterSchema),
  /** Layers of the model that are left out: its head. */
  leftOut: z.array(z.string()),
})
export type OwnBackbone = z.output<typeof ownBackboneSchema>

/**
 * The id that a model's file gives it: its name, or its folder's where it is `model.json`.
 *
 * @param path with either kind of slashes
 */
export function ownBackboneIdOf(path: string): string {
  const parts = path.split(/[\\/]+/).filter((part) => part !== '')
  const name = (parts.at(-1) ?? '').replace(/\.json$/i, '')
  const given = name.toLowerCase() === 'model' ? (parts.at(-2) ?? '') : name
  const id = given
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, 64)
    .replace(/^[._-]+|[._-]+$/g, '')
  return ownBackboneIdSchema.safeParse(id).success ? id : 'my-model'
}

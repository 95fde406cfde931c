import { z } from 'zod'

/** How a heat map is made. */
export const explainMethodSchema = z.enum(['grad-cam', 'grad-cam++', 'occlusion'])
export type ExplainMethod = z.infer<typeof explainMethodSchema>

/** A layer whose value is a map, for a person to choose. */
export const spatialLayerSchema = z.object({
  name: z.string(),
  block: z.string(),
  height: z.number().int(),
  width: z.number().int(),
  channels: z.number().int(),
})

/** What every explanation of an image tells besides its map. */
export const explanationSchema = z.object({
  method: explainMethodSchema,
  /** The class that it is about. */
  class: z.string(),
  /** Null for occlusion, which looks at no layer. */
  layer: z.string().nullable(),
  /** All that could be chosen, in the network's order. */
  layers: z.array(spatialLayerSchema),
  /** Of every class, the most probable first. */
  probabilities: z.array(z.object({ class: z.string(), probability: z.number() })),
  /** Side in pixels of the square that the network takes, which the overlay has too. */
  inputSize: z.number().int(),
  /** cover: the map is of the image's middle square; stretch: of all of it. */
  resize: z.enum(['cover', 'stretch']),
})

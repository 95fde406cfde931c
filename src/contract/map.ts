import { z } from 'zod'

/** What the points of a map are coloured by; classes come with the map itself. */
export const mapColorings = ['class', 'split', 'issue', 'confidence', 'result'] as const
export const mapColoringSchema = z.enum(mapColorings)
export type MapColoring = z.infer<typeof mapColoringSchema>

/** From where on each step of confidence begins, but for the first, which begins at 0. */
export const confidenceSteps = [0.5, 0.7, 0.85, 0.95] as const

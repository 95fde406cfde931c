import { z } from 'zod'

/** What can compute, best first. */
export const engineIds = ['native', 'webgpu', 'wasm', 'cpu'] as const
export const engineIdSchema = z.enum(engineIds)
export type EngineId = z.infer<typeof engineIdSchema>

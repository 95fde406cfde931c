import { z } from 'zod'
import { jobs, type JobKind, type TrainerCommand } from '../contract/jobs.ts'

const kinds = Object.keys(jobs) as [JobKind, ...JobKind[]]

/** A command as it comes in; a job's input is checked when the job starts. */
export const trainerCommandSchema: z.ZodType<TrainerCommand> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), jobId: z.string(), kind: z.enum(kinds), input: z.unknown() }),
  z.object({ type: z.literal('stop'), jobId: z.string() }),
  z.object({ type: z.literal('cancel'), jobId: z.string() }),
  z.object({ type: z.literal('pause'), jobId: z.string() }),
  z.object({ type: z.literal('continue'), jobId: z.string() }),
  z.object({ type: z.literal('warm') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('shutdown') }),
])

import { z } from 'zod'
import {
  backgroundJobSchema,
  importReportSchema,
  metricRowSchema,
  runGroupSchema,
  runProgressSchema,
  runSamplesSchema,
  runSchema,
} from './entities.ts'
import { suggestionsStatusSchema } from './suggestions.ts'

/** watching: a watched folder had new files. */
export const importCauseSchema = z.enum(['person', 'camera', 'clipboard', 'watching'])
export type ImportCause = z.infer<typeof importCauseSchema>

/**
 * Everything core publishes. Published after the commit, never before. Progress is coalesced to 10 a second per
 * subject; rows are not: a client that missed some catches up by `runs.metrics {afterSeq}`.
 */
export const events = {
  /** Rows changed; ids null: too many to name, read again what is shown. */
  'images.changed': z.object({ projectId: z.string(), ids: z.array(z.number().int()).max(5000).nullable() }),
  /** Images came or went: counts and id lists are stale. */
  'images.listChanged': z.object({ projectId: z.string() }),
  'images.importFinished': z.object({
    projectId: z.string(),
    jobId: z.string(),
    /** What began it: who took pictures with the camera, or pasted them, was told already. */
    by: importCauseSchema,
    report: importReportSchema.nullable(),
  }),
  'classes.changed': z.object({ projectId: z.string() }),
  'views.changed': z.object({ projectId: z.string() }),
  /** Watched folders were added or removed, or fare otherwise. */
  'watching.changed': z.object({ projectId: z.string() }),
  /** New images of a watched folder became the project's. */
  'watching.imported': z.object({ projectId: z.string(), path: z.string(), images: z.number().int() }),
  'journal.changed': z.object({ projectId: z.string(), canUndo: z.boolean(), canRedo: z.boolean() }),
  'jobs.progress': z.object({ projectId: z.string(), job: backgroundJobSchema }),
  'plans.changed': z.object({ projectId: z.string() }),
  'runs.changed': z.object({ projectId: z.string(), run: runSchema }),
  /** A sweep or a ladder began, went on or ended. */
  'runs.groupChanged': z.object({ projectId: z.string(), group: runGroupSchema }),
  /** Waiting runs of the project in the order of their turns. */
  'runs.queueChanged': z.object({ projectId: z.string(), paused: z.boolean(), runIds: z.array(z.string()) }),
  'runs.deleted': z.object({ projectId: z.string(), runId: z.string() }),
  'runs.progress': z.object({ projectId: z.string(), progress: runProgressSchema }),
  'runs.metricLogged': z.object({
    projectId: z.string(),
    runId: z.string(),
    rows: z.array(metricRowSchema),
    /** Of an epoch's rows: milliseconds since 1970 when the trainer told them. */
    toldAt: z.number().optional(),
  }),
  /** After every epoch. */
  'runs.samples': z.object({ projectId: z.string(), runId: z.string(), samples: runSamplesSchema }),
  /** Weights came or went. */
  'backbones.changed': z.object({ id: z.string() }),
  /** Of `backbones.add`, in bytes written, and of `backbones.download`, which adds what it has fetched, in bytes received. */
  'backbones.progress': z.object({
    id: z.string(),
    step: z.enum(['downloading', 'adding']),
    done: z.number(),
    /** 0: not known. */
    total: z.number(),
    /** Null: not measured. */
    bytesPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  /** A person chose other limits of hygiene. */
  'hygiene.limitsChanged': z.object({ projectId: z.string() }),
  /** A head was fit, or is being fit, or labels came faster or slower. */
  'suggestions.changed': z.object({ projectId: z.string(), status: suggestionsStatusSchema }),
  /** Of the map that is being computed, in images; null: that ended. */
  'map.progress': z.object({
    projectId: z.string(),
    progress: z
      .object({
        done: z.number(),
        total: z.number(),
        ratePerSecond: z.number().nullable(),
        secondsLeft: z.number().nullable(),
      })
      .nullable(),
  }),
  /** Another search for label errors has ended. */
  'labelErrors.changed': z.object({ projectId: z.string() }),
  'settings.changed': z.object({}),
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<Name extends EventName> = z.infer<Events[Name]>

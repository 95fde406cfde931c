import { z } from 'zod'
import { mostComparedRuns } from '../comparison.ts'
import { defineRequests } from './define.ts'

/** Languages that a report can be written in. */
export const reportLanguages = ['en', 'zh-CN'] as const

const askedReport = z.object({
  projectId: z.string(),
  language: z.enum(reportLanguages),
  /** Thumbnails and file names of images that were mistaken; false: such images are told by their hashes. */
  pictures: z.boolean().default(true),
  /** Whether the host shall print it, where it can. */
  pdf: z.boolean().default(false),
})

const writtenReport = z.object({
  /** For the file, without ending. */
  name: z.string(),
  /** One document that needs no other file, no script and no network. */
  html: z.string(),
  /** The same, printed by the host, in base64; null where that was not asked for, or the host has no printer of its own. */
  pdf: z.string().nullable(),
})

/** Documents that tell a colleague all that was done. */
export const reportsRequests = defineRequests({
  /** Of a run that has ended. */
  'reports.run': { input: askedReport.extend({ runId: z.string() }), output: writtenReport },
  /** Of runs that have ended, each against the baseline. */
  'reports.comparison': {
    input: askedReport.extend({
      runIds: z.array(z.string()).min(2).max(mostComparedRuns),
      /** One of `runIds`. */
      baseline: z.string(),
    }),
    output: writtenReport,
  },
})

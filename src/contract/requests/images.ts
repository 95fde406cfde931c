import { z } from 'zod'
import {
  backgroundJobSchema,
  imageFilterSchema,
  imageSchema,
  imageSortSchema,
  importReportSchema,
  splitSchema,
} from '../entities.ts'
import { defineRequests } from './define.ts'

export const imagesRequests = defineRequests({
  /** All ids that pass the filter, in order. 100,000 ids are under a megabyte. */
  'images.ids': {
    input: z.object({
      projectId: z.string(),
      filter: imageFilterSchema.default({}),
      sort: imageSortSchema.default('path'),
    }),
    output: z.object({ ids: z.array(z.number().int()) }),
  },
  /** Rows by id, in the order asked; ids no longer there are left out. */
  'images.get': {
    input: z.object({ projectId: z.string(), ids: z.array(z.number().int()).max(1000) }),
    output: z.object({ images: z.array(imageSchema) }),
  },
  /** Counts for the filter bar: by class (null: unlabelled), by split (null: unassigned), by status. */
  'images.counts': {
    input: z.object({ projectId: z.string() }),
    output: z.object({
      total: z.number().int(),
      byClass: z.array(z.object({ classId: z.number().int().nullable(), count: z.number().int() })),
      bySplit: z.array(z.object({ split: splitSchema.nullable(), count: z.number().int() })),
      byStatus: z.array(z.object({ status: z.string(), count: z.number().int() })),
    }),
  },
  /** Looks without changing anything: what an import of this folder would do. */
  'images.previewImport': {
    input: z.object({ source: z.string() }),
    output: z.object({
      files: z.number().int(),
      /** Folder names that would become classes, with counts. */
      classes: z.array(z.object({ name: z.string(), count: z.number().int() })),
      /** True where the top folders are train, val, test … */
      splitFolders: z.boolean(),
      splits: z.array(z.object({ name: z.string(), split: splitSchema, count: z.number().int() })),
    }),
  },
  /**
   * Registers every candidate at once and returns; hash, size and thumbnail follow as the job `jobId`
   * (`jobs.progress`, then `images.importFinished`).
   */
  'images.import': {
    input: z.object({
      projectId: z.string(),
      source: z.string(),
      format: z.enum(['auto', 'folder']).default('auto'),
      storage: z.enum(['link', 'copy']).default('link'),
      labels: z.enum(['folder', 'none']).default('folder'),
      splitFrom: z.enum(['folder', 'none', 'auto']).default('auto'),
    }),
    output: z.object({ jobId: z.string(), registered: z.number().int() }),
  },
  /** Resolves when the job ended; the report, or the job's error. */
  'images.importReport': {
    input: z.object({ projectId: z.string(), jobId: z.string() }),
    output: importReportSchema,
  },
  'jobs.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ jobs: z.array(backgroundJobSchema) }),
  },
  'jobs.cancel': { input: z.object({ projectId: z.string(), jobId: z.string() }), output: z.object({}) },
})

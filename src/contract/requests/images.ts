import { z } from 'zod'
import {
  backgroundJobSchema,
  exportFormatSchema,
  imageSchema,
  importFormatSchema,
  importReportSchema,
  skippedFileSchema,
  splitSchema,
} from '../entities.ts'
import {
  groupValueSchema,
  imageFacetSchema,
  imageFilterSchema,
  imageGroupingSchema,
  imageGroupSchema,
  imageSortSchema,
} from '../image-query.ts'
import { defineRequests } from './define.ts'

/** auto: whatever the source turns out to be. */
const importFormatChoiceSchema = z.enum(['auto', ...importFormatSchema.options]).default('auto')

/** Of a folder only these files and folders: paths below it, with forward slashes. Then the format is `folder`. */
const importOnlySchema = z.array(z.string()).min(1).max(20_000).optional()

/** Where pictures come from that are on no disk; also the folder below the project's pictures that they are kept in. */
export const pictureOriginSchema = z.enum(['camera', 'clipboard'])

export const imagesRequests = defineRequests({
  /** All ids that pass the filter, in order, group after group. 100,000 ids are under a megabyte. */
  'images.ids': {
    input: z.object({
      projectId: z.string(),
      filter: imageFilterSchema.default({}),
      sort: imageSortSchema.prefault({}),
      grouping: imageGroupingSchema.default('none'),
    }),
    output: z.object({
      ids: z.array(z.number().int()),
      /** With counts that sum up to the ids; without a grouping none. */
      groups: z.array(imageGroupSchema),
    }),
  },
  /** How many images each value of these parts of the filter would show, as the other parts are. Values of no image are left out. */
  'images.facets': {
    input: z.object({
      projectId: z.string(),
      filter: imageFilterSchema.default({}),
      facets: z.array(imageFacetSchema),
    }),
    output: z.object({
      facets: z.partialRecord(
        imageFacetSchema,
        z.array(z.object({ value: groupValueSchema, count: z.number().int() })),
      ),
    }),
  },
  /** Imports that brought images, the newest first. */
  'images.imports': {
    input: z.object({ projectId: z.string() }),
    output: z.object({
      imports: z.array(z.object({ id: z.number().int(), source: z.string(), startedAt: z.number() })),
    }),
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
  /** Looks without changing anything: what an import of this folder or file would do. */
  'images.previewImport': {
    input: z.object({
      source: z.string(),
      format: importFormatChoiceSchema,
      only: importOnlySchema,
      crops: z.boolean().default(false),
      coarse: z.boolean().default(false),
    }),
    output: z.object({
      format: importFormatSchema,
      files: z.number().int(),
      /** Names that would become classes, with counts. */
      classes: z.array(z.object({ name: z.string(), count: z.number().int() })),
      /** True where it tells the split of images: top folders named train, val, test …, or a column. */
      splitFolders: z.boolean(),
      splits: z.array(z.object({ name: z.string(), split: splitSchema, count: z.number().int() })),
      /** The pictures are written into the project, from inside a file: they cannot be linked. */
      unpacks: z.boolean(),
      /** How many boxes could be cut out as images of their own; null where the format has none. */
      boxes: z.number().int().nullable(),
      /** The format has coarse classes beside its fine ones. */
      hasCoarse: z.boolean(),
      /** The format of what is inside a zip archive. */
      inside: importFormatSchema.nullable(),
      /** What is known before any picture is read to be left out, at most 100 of `skippedFiles`. */
      skipped: z.array(skippedFileSchema),
      skippedFiles: z.number().int(),
    }),
  },
  /**
   * Registers every candidate at once and returns; hash, size and thumbnail follow as the job `jobId`
   * (`jobs.progress`, then `images.importFinished`). Where pictures are unpacked first, that is part of the job, and
   * `registered` is 0. What lies in an upload is moved into the project first.
   */
  'images.import': {
    input: z.object({
      projectId: z.string(),
      source: z.string(),
      format: importFormatChoiceSchema,
      only: importOnlySchema,
      /** Every image gets this class, whatever the source says. */
      classId: z.number().int().optional(),
      /** Of no meaning where pictures are unpacked. */
      storage: z.enum(['link', 'copy']).default('link'),
      /** folder: where the format carries them. */
      labels: z.enum(['folder', 'none']).default('folder'),
      splitFrom: z.enum(['folder', 'none', 'auto']).default('auto'),
      /** COCO: each box becomes an image of its own. */
      crops: z.boolean().default(false),
      /** CIFAR-100: its 20 coarse classes, not its 100 fine ones. */
      coarse: z.boolean().default(false),
    }),
    output: z.object({ jobId: z.string(), registered: z.number().int() }),
  },
  /**
   * Pictures that are on no disk: they are written into the project, under the names given, or such with a number where there is one
   * already, and imported.
   */
  'images.addPictures': {
    input: z.object({
      projectId: z.string(),
      origin: pictureOriginSchema,
      /** The bytes of JPEG, PNG or WebP files. */
      pictures: z
        .array(z.object({ name: z.string(), base64: z.base64() }))
        .min(1)
        .max(50),
      /** Null: without a label. */
      classId: z.number().int().nullable(),
    }),
    output: z.object({
      jobId: z.string(),
      /** In the order of the pictures. */
      images: z.array(z.object({ id: z.number().int(), path: z.string() })),
    }),
  },
  /** Resolves when the job ended; the report, or the job's error. */
  'images.importReport': {
    input: z.object({ projectId: z.string(), jobId: z.string() }),
    output: importReportSchema,
  },
  /** Writes the labelled images as a data set, as a job; resolves when it is there. */
  'images.export': {
    input: z.object({
      projectId: z.string(),
      format: exportFormatSchema,
      /** Absolute: a folder that is new or empty, or the name of a new archive. With any format, a name in .zip is one. */
      outPath: z.string(),
      /** Images without a label too. */
      unlabelled: z.boolean().default(false),
      /** No image is copied: the labels name the files where they lie. Of `labelsOnlyFormats`, into a folder. */
      labelsOnly: z.boolean().default(false),
      /** CSV: text that a spreadsheet would take for a formula is marked as text. */
      spreadsheetSafe: z.boolean().default(false),
    }),
    output: z.object({
      files: z.number().int(),
      bytes: z.number().int(),
      skipped: z.array(skippedFileSchema),
      /** Classes whose folders are called otherwise. */
      renamed: z.array(z.object({ class: z.string(), folder: z.string() })),
    }),
  },
  'jobs.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ jobs: z.array(backgroundJobSchema) }),
  },
  /** An import stops after the images in work, until it is resumed, or the project is opened the next time. */
  'jobs.pause': { input: z.object({ projectId: z.string(), jobId: z.string() }), output: z.object({}) },
  'jobs.resume': { input: z.object({ projectId: z.string(), jobId: z.string() }), output: z.object({}) },
  'jobs.cancel': { input: z.object({ projectId: z.string(), jobId: z.string() }), output: z.object({}) },
})

import { z } from 'zod'
import { engineProbeSchema } from '../entities.ts'
import { engineIdSchema } from '../engine-ids.ts'
import { defineRequests } from './define.ts'

export const hostCapabilitiesSchema = z.object({
  /** electron: native dialogs are there; browser: paths are typed or browsed through `app.listFolder`. */
  host: z.enum(['electron', 'browser', 'memory']),
  version: z.string(),
  platform: z.string(),
})

export const settingsSchema = z.object({
  locale: z.enum(['en', 'zh-CN']).nullable(),
  theme: z.enum(['light', 'dark', 'system']),
  /** Keys by command of the interface, of those that the person changed; absent: none. */
  shortcuts: z.record(z.string().max(100), z.array(z.string().max(40)).max(10)).optional(),
})

/** What a person chooses in a dialog: a folder, a project, which is a folder too, or a file of weights or of a data set. */
export const pickKindSchema = z.enum(['folder', 'project', 'weights', 'dataset'])
export type PickKind = z.infer<typeof pickKindSchema>

/** The usual endings of the names of files of weights. What a file is, its bytes tell. */
export const weightsFileEndings = [
  '.h5',
  '.hdf5',
  '.keras',
  '.safetensors',
  '.pth',
  '.pt',
  '.bin',
  '.json',
] as const

/** The usual endings of the names of files that data sets come as. What a file is, its bytes tell. */
const datasetFileEndings = ['.zip', '.csv', '.tsv', '.json', '.gz', '.tgz', '.tar', '.bin'] as const

/** The endings of the names of files that are chosen; none where a folder is. */
export function fileEndingsOf(kind: PickKind): readonly string[] {
  switch (kind) {
    case 'weights':
      return weightsFileEndings
    case 'dataset':
      return datasetFileEndings
    case 'folder':
    case 'project':
      return []
  }
}

export const appRequests = defineRequests({
  'app.info': { input: z.object({}), output: hostCapabilitiesSchema },
  'app.settings': { input: z.object({}), output: settingsSchema },
  'app.updateSettings': { input: settingsSchema.partial(), output: settingsSchema },
  /**
   * Folders (and `.thaw` projects) of one folder, for the folder browser, with its files of the kind that is wanted; a null path
   * starts at home.
   */
  'app.listFolder': {
    input: z.object({ path: z.string().nullable(), kind: pickKindSchema.optional() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(
        z.object({
          name: z.string(),
          path: z.string(),
          kind: z.enum(['folder', 'project', 'file']),
        }),
      ),
      /** Image-named files directly in it, counted up to 1,000. */
      images: z.number().int(),
    }),
  },
  /** Electron's own dialog; in other hosts an error, since there is `app.listFolder`. Null where the person cancelled. */
  'app.pickFolder': {
    input: z.object({ kind: pickKindSchema }),
    output: z.object({ path: z.string().nullable() }),
  },
  'app.doctor': {
    input: z.object({}),
    output: z.object({ engines: z.array(engineProbeSchema), chosen: engineIdSchema }),
  },
})

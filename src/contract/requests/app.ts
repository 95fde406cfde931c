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
})

export const appRequests = defineRequests({
  'app.info': { input: z.object({}), output: hostCapabilitiesSchema },
  'app.settings': { input: z.object({}), output: settingsSchema },
  'app.updateSettings': { input: settingsSchema.partial(), output: settingsSchema },
  /** Folders (and `.thaw` projects) of one folder, for the folder browser; null starts at home. */
  'app.listFolder': {
    input: z.object({ path: z.string().nullable() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(
        z.object({
          name: z.string(),
          path: z.string(),
          kind: z.enum(['folder', 'project']),
        }),
      ),
      /** Image-named files directly in it, counted up to 1,000. */
      images: z.number().int(),
    }),
  },
  /** Electron's own dialog; in other hosts an error, since there is `app.listFolder`. Null where the person cancelled. */
  'app.pickFolder': {
    input: z.object({ kind: z.enum(['folder', 'project']) }),
    output: z.object({ path: z.string().nullable() }),
  },
  'app.doctor': {
    input: z.object({}),
    output: z.object({ engines: z.array(engineProbeSchema), chosen: engineIdSchema }),
  },
})

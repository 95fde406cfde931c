import { z } from 'zod'
import { defineRequests } from './define.ts'

/** Of a picture that is on no disk, such as one from the clipboard or a camera: in base64, four characters for three bytes. */
const mostCharacters = 128 * 2 ** 20

/** For pages that know paths, of what has none. Others send files as `contract/uploads.ts` tells. */
export const uploadsRequests = defineRequests({
  /** Puts one picture on the disk, as an upload of its own. */
  'uploads.put': {
    input: z.object({ name: z.string(), bytes: z.base64().max(mostCharacters) }),
    output: z.object({
      id: z.string(),
      /** Absolute, until the upload ends. */
      path: z.string(),
    }),
  },
  'uploads.end': { input: z.object({ id: z.string() }), output: z.object({}) },
})

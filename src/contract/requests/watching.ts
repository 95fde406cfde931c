import { z } from 'zod'
import { watchedFolderSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

export const watchingRequests = defineRequests({
  /** In the order in which they were added. */
  'watching.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ folders: z.array(watchedFolderSchema) }),
  },
  /**
   * From now on, and each time the project is open, images in the folder that the project does not know are imported. A folder that is
   * watched already only gets the new choice.
   */
  'watching.add': {
    input: z.object({
      projectId: z.string(),
      /** Absolute. */
      path: z.string(),
      /** folder: an image's class is the first folder below. */
      labels: z.enum(['folder', 'none']).default('folder'),
    }),
    output: watchedFolderSchema,
  },
  /** Images that came out of it stay. One that is not there is not watched any more. */
  'watching.remove': {
    input: z.object({ projectId: z.string(), folderId: z.number().int() }),
    output: z.object({}),
  },
})

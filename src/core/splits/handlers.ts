import type { CoreContext, Handlers } from '../context.ts'
import { makeSplits } from './make-splits.ts'
import { setSplit } from './set-split.ts'

export function createSplitsHandlers(
  context: Pick<CoreContext, 'publish' | 'projects'>,
): Handlers<'splits.set' | 'splits.make'> {
  const { projects } = context
  return {
    'splits.set': ({ projectId, imageIds, split }) => ({
      changed: setSplit(context, projects.get(projectId), imageIds, split),
    }),
    'splits.make': ({ projectId, ...input }) => makeSplits(context, projects.get(projectId), input),
  }
}

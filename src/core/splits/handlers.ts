import type { CoreContext, Handlers } from '../context.ts'
import { scansOf } from '../hygiene/scan.ts'
import { checkSplits } from './check-splits.ts'
import { makeSplits } from './make-splits.ts'
import { setSplit } from './set-split.ts'

export function createSplitsHandlers(
  context: CoreContext,
): Handlers<'splits.set' | 'splits.make' | 'splits.check'> {
  const { projects } = context
  return {
    'splits.set': ({ projectId, imageIds, split }) => ({
      changed: setSplit(context, projects.get(projectId), imageIds, split),
    }),
    async 'splits.make'({ projectId, ...input }) {
      const project = projects.get(projectId)
      await scansOf(context).run(project)
      return makeSplits(context, project, input)
    },
    async 'splits.check'({ projectId, scan }) {
      const project = projects.get(projectId)
      if (scan) await scansOf(context).run(project)
      return checkSplits(project)
    },
  }
}

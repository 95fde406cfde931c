import type { CoreContext, Handlers } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import { previewAugmentations } from './preview-augmentations.ts'

export function createAugmentationsHandlers(
  { projects }: CoreContext,
  trainers: Trainers,
): Handlers<'augmentations.preview'> {
  return {
    'augmentations.preview': ({ projectId, ...input }) =>
      previewAugmentations(trainers, projects.get(projectId), input),
  }
}

import type { CoreContext } from '../context.ts'
import { runCommand } from '../labels/journal.ts'
import { groupByClasses, labelsOf } from '../labels/labels-of.ts'
import { liveImageIds } from '../labels/live-images.ts'
import type { JournalOperation } from '../labels/operations.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** Images that show the same, of which one is to stay. */
export interface KeptGroup {
  keepId: number
  /** Of the group, with or without the one that stays. */
  imageIds: readonly number[]
}

/**
 * Hides all images of each group but one, as one command. The one that stays gets the class of the others where it has none and they agree.
 *
 * @returns how many images were hidden
 * @throws image-not-found where an image that is to stay is not there
 */
export function keepImages(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  groups: readonly KeptGroup[],
): number {
  const hidden: number[] = []
  const labelled = new Map<number, number[]>()
  for (const { keepId, imageIds } of groups) {
    const [kept] = liveImageIds(project, [keepId]) as [number]
    const others = liveImageIds(project, imageIds).filter((id) => id !== kept)
    hidden.push(...others)
    const labels = labelsOf(project, [kept, ...others])
    const given = new Set(others.map((id) => (labels.get(id) ?? []).join()).filter((ids) => ids !== ''))
    if ((labels.get(kept) ?? []).length === 0 && given.size === 1) {
      labelled.set(
        kept,
        [...given].flatMap((ids) => ids.split(',').map(Number)),
      )
    }
  }
  if (hidden.length === 0) return 0
  const payload: JournalOperation[] = [{ do: 'hide-images', imageIds: hidden }]
  const inverse: JournalOperation[] = [{ do: 'show-images', imageIds: hidden }]
  if (labelled.size > 0) {
    payload.push({ do: 'labels', groups: groupByClasses(labelled) })
    inverse.push({ do: 'labels', groups: [{ classIds: [], imageIds: [...labelled.keys()] }] })
  }
  runCommand(context, project, {
    kind: 'hygiene.keep',
    payload,
    inverse,
    summary: { images: hidden.length, groups: groups.length },
  })
  return hidden.length
}

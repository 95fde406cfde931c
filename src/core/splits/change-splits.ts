import type { Split } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import { groupImages } from '../labels/group-images.ts'
import { runCommand, type JournalCommand } from '../labels/journal.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** Carries out new splits, by image id, as one command; nothing where nothing changes. */
export function changeSplits(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  changes: ReadonlyMap<number, Split | null>,
  command: Pick<JournalCommand, 'kind' | 'summary'>,
): void {
  if (changes.size === 0) return
  const before = project.database
    .prepare<[string], { id: number; split: Split | null }>(
      'SELECT id, split FROM images WHERE id IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify([...changes.keys()]))
  runCommand(context, project, {
    ...command,
    payload: [{ do: 'splits', groups: groupBySplit(changes) }],
    inverse: [{ do: 'splits', groups: groupBySplit(before.map(({ id, split }) => [id, split] as const)) }],
  })
}

function groupBySplit(
  entries: Iterable<readonly [number, Split | null]>,
): { split: Split | null; imageIds: number[] }[] {
  const groups = groupImages(entries, (split) => split)
  return groups.map(({ value: split, imageIds }) => ({ split, imageIds }))
}

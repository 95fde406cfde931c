import type { HygieneKind } from '../../contract/hygiene.ts'
import type { CoreContext } from '../context.ts'
import { runCommand } from '../labels/journal.ts'
import { labelsOf } from '../labels/labels-of.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/**
 * Says of findings that they are none, as one command that can be undone. Of near duplicates every pair among the images of a finding, of
 * odd neighbours the classes that they have.
 *
 * @param findings images of each, as `hygiene.images` names them
 * @returns how many findings there are no more
 */
export function dismissFindings(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  kind: HygieneKind,
  findings: readonly (readonly number[])[],
): number {
  const rows = findings
    .map((imageIds): [number, number][] => {
      if (kind === 'near-duplicates') return pairsAmong(project, imageIds)
      if (kind !== 'odd-neighbour') return imageIds.map((id) => [id, 0])
      // Right in this class: in another it may be odd again.
      return [...labelsOf(project, imageIds)].flatMap(([id, classIds]) =>
        classIds.map((classId): [number, number] => [id, classId]),
      )
    })
    .filter((pairs) => pairs.length > 0)
  if (rows.length === 0) return 0
  const operation = { do: 'dismissals' as const, kind, findings: rows.flat() }
  runCommand(context, project, {
    kind: 'hygiene.dismiss',
    payload: [{ ...operation, dismissed: true }],
    inverse: [{ ...operation, dismissed: false }],
    summary: { images: rows.length, finding: kind },
  })
  return rows.length
}

function pairsAmong({ database }: OpenProject, imageIds: readonly number[]): [number, number][] {
  const ids = JSON.stringify(imageIds)
  return database
    .prepare<[string, string], [number, number]>(
      `SELECT image_id, other_id FROM near_duplicates
       WHERE image_id IN (SELECT value FROM json_each(?)) AND other_id IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(ids, ids)
}

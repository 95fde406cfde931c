import type { LabelCheck, Suspect, SuspectState } from '../../contract/label-errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { LabelSuspectRow } from '../store/tables/label-suspects.ts'
import { presentLabels } from './present-labels.ts'
import type { Examined, StoredCheck } from './stored-check.ts'

type Row = LabelSuspectRow & {
  sha256: string
  removed: number
  unsure: number
  confirmed: number
  class_id: number | null
}

/** The suspects of the newest search, the worst first. What became of each is read from the project, so that undo needs to know nothing of them. */
export function listSuspects({ database }: OpenProject): Suspect[] {
  const rows = database
    .prepare<[], Row>(
      `SELECT suspects.*, images.sha256, images.removed_at IS NOT NULL AS removed, coalesce(marks.unsure, 0) AS unsure,
         EXISTS (SELECT 1 FROM confirmed_labels AS confirmed
           WHERE confirmed.image_id = images.id AND confirmed.class_id = suspects.given_class_id) AS confirmed,
         (SELECT annotations.class_id FROM annotations
           JOIN classes ON classes.id = annotations.class_id AND classes.deleted_at IS NULL
           WHERE annotations.image_id = images.id ORDER BY classes.position LIMIT 1) AS class_id
       FROM label_suspects AS suspects JOIN images ON images.id = suspects.image_id
       JOIN classes AS given ON given.id = suspects.given_class_id AND given.deleted_at IS NULL
       JOIN classes AS suggested ON suggested.id = suspects.suggested_class_id AND suggested.deleted_at IS NULL
       LEFT JOIN image_marks AS marks ON marks.image_id = images.id
       ORDER BY score DESC, suspects.image_id`,
    )
    .all()
  return rows.map((row) => ({
    imageId: row.image_id,
    sha256: row.sha256,
    givenClassId: row.given_class_id,
    suggestedClassId: row.suggested_class_id,
    classId: row.class_id,
    givenProbability: row.given_probability,
    suggestedProbability: row.suggested_probability,
    score: row.score,
    isLikely: row.is_likely === 1,
    state: stateOf(row),
  }))
}

function stateOf({
  removed,
  class_id: classId,
  given_class_id: given,
  confirmed,
  unsure,
}: Row): SuspectState {
  if (removed) return 'dropped'
  if (classId !== given) return 'relabelled'
  if (confirmed) return 'kept'
  return unsure ? 'unsure' : 'open'
}

/** Replaces what an earlier search found; within a transaction. An image that has gone meanwhile is left out. */
export function storeSuspects({ database }: OpenProject, suspects: readonly LabelSuspectRow[]): void {
  database.prepare('DELETE FROM label_suspects').run()
  const insert = database.prepare<LabelSuspectRow>(
    `INSERT INTO label_suspects (image_id, given_class_id, suggested_class_id, given_probability, suggested_probability, score, is_likely)
     SELECT id, @given_class_id, @suggested_class_id, @given_probability, @suggested_probability, @score, @is_likely
     FROM images WHERE id = @image_id`,
  )
  for (const suspect of suspects) insert.run(suspect)
}

/** The newest search as clients are told of it. @param examined what it looked at; null: no longer known */
export function describeCheck(
  project: OpenProject,
  { backbone, createdAt, seconds, images, folds, accuracy }: StoredCheck,
  examined: Examined | null,
): LabelCheck {
  const changed = examined && countChanged(project, examined)
  return { backbone, createdAt, seconds, images, folds, accuracy, changed }
}

function countChanged(project: OpenProject, { imageIds, labels }: Examined): number {
  const present = presentLabels(project)
  let same = 0
  imageIds.forEach((id, row) => (same += Number(present.get(id) === labels[row])))
  let shared = 0
  for (const id of imageIds) shared += Number(present.has(id))
  // Those that changed or went, and those that came.
  return imageIds.length - same + (present.size - shared)
}

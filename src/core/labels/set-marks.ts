import type { ImageMarks } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { groupImages } from './group-images.ts'
import { runCommand } from './journal.ts'
import { liveImageIds } from './live-images.ts'
import type { JournalOperation } from './operations.ts'

/**
 * Flags images, marks them as not sure, or gives them a note; what is left out stays. One command however many.
 *
 * @returns how many images have other marks now than before
 * @throws image-not-found
 */
export function setMarks(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
  change: Partial<ImageMarks>,
): number {
  const before = marksOf(project, liveImageIds(project, imageIds))
  const after = new Map<number, ImageMarks>()
  for (const [id, marks] of before) {
    const next = { ...marks, ...withoutUndefined(change) }
    next.note = next.note?.trim() || null
    if (keyOf(next) === keyOf(marks)) before.delete(id)
    else after.set(id, next)
  }
  if (after.size === 0) return 0
  runCommand(context, project, {
    kind: 'marks.set',
    payload: [asOperation(after)],
    inverse: [asOperation(before)],
    summary: {
      images: after.size,
      flagged: change.flagged === undefined ? null : Number(change.flagged),
      unsure: change.unsure === undefined ? null : Number(change.unsure),
      note: change.note ?? null,
    },
  })
  return after.size
}

function marksOf({ database }: OpenProject, imageIds: readonly number[]): Map<number, ImageMarks> {
  const marks = new Map<number, ImageMarks>(
    imageIds.map((id) => [id, { flagged: false, unsure: false, note: null }]),
  )
  const rows = database
    .prepare<[string], { image_id: number; flagged: number; unsure: number; note: string | null }>(
      'SELECT * FROM image_marks WHERE image_id IN (SELECT value FROM json_each(?))',
    )
    .iterate(JSON.stringify(imageIds))
  for (const { image_id, flagged, unsure, note } of rows) {
    marks.set(image_id, { flagged: flagged === 1, unsure: unsure === 1, note })
  }
  return marks
}

function asOperation(marks: ReadonlyMap<number, ImageMarks>): JournalOperation {
  const groups = groupImages(marks, keyOf)
  return { do: 'marks', groups: groups.map(({ value, imageIds }) => ({ marks: value, imageIds })) }
}

function keyOf({ flagged, unsure, note }: ImageMarks): string {
  return JSON.stringify([flagged, unsure, note])
}

function withoutUndefined(change: Partial<ImageMarks>): Partial<ImageMarks> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

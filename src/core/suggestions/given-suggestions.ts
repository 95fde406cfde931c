import type { OpenProject } from '../projects/open-projects.ts'
import type { GivenSuggestionRow } from '../store/tables/given-suggestions.ts'

/** Proposes classes for images, in place of what was given for them before. */
export function storeGivenSuggestions(project: OpenProject, given: readonly GivenSuggestionRow[]): void {
  project.transaction(() => {
    const put = project.database.prepare<[number, number, number]>(
      'INSERT OR REPLACE INTO given_suggestions (image_id, class_id, probability) VALUES (?, ?, ?)',
    )
    for (const { image_id, class_id, probability } of given) put.run(image_id, class_id, probability)
  })
}

/** What was given for these images, but for classes that were deleted. */
export function readGivenSuggestions(
  { database }: OpenProject,
  imageIds: readonly number[],
): GivenSuggestionRow[] {
  return database
    .prepare<[string], GivenSuggestionRow>(
      `SELECT given_suggestions.* FROM json_each(?) AS asked
       CROSS JOIN given_suggestions ON given_suggestions.image_id = asked.value
       JOIN classes ON classes.id = given_suggestions.class_id AND classes.deleted_at IS NULL`,
    )
    .all(JSON.stringify(imageIds))
}

/** How many images wait with a class that was given for them. */
export function countGivenSuggestions({ database }: OpenProject): number {
  return (
    database
      .prepare<[], number>(
        `SELECT count(*) FROM given_suggestions
         JOIN images ON images.id = given_suggestions.image_id AND images.removed_at IS NULL
         JOIN classes ON classes.id = given_suggestions.class_id AND classes.deleted_at IS NULL
         WHERE NOT EXISTS (SELECT 1 FROM annotations WHERE annotations.image_id = images.id)`,
      )
      .pluck()
      .get() ?? 0
  )
}

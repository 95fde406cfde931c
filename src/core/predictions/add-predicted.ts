import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { Imports } from '../images/imports.ts'
import { classByName } from '../labels/classes.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runIdOf } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import type { SuggestionsArea } from '../suggestions/handlers.ts'

/**
 * Brings predicted files into the data set, and proposes their predicted classes. Of a file that is there already, the image that has no
 * label is proposed one too.
 *
 * @throws AppError 'source-not-found', 'disk-full', 'permission-denied'
 */
export async function addPredicted(
  {
    imports,
    suggestions,
  }: { imports: Pick<Imports, 'startFiles'>; suggestions: Pick<SuggestionsArea, 'give'> },
  project: OpenProject,
  run: RunRow,
  files: RequestParsedInput<'predictions.add'>['files'],
): Promise<RequestOutput<'predictions.add'>> {
  const folder = `predicted-${runIdOf(run.number)}-${crypto.randomUUID().slice(0, 8)}`
  const named = files.map(({ path, name }) => ({ path, name: withinFolder(name) }))
  const { jobId, registered, paths } = await imports.startFiles(project.id, named, folder)
  const unlabelled = project.database
    .prepare<[string], number>(
      `SELECT image_id FROM image_sources JOIN images ON images.id = image_id AND images.removed_at IS NULL
       WHERE image_sources.path = ? AND NOT EXISTS (SELECT 1 FROM annotations WHERE annotations.image_id = images.id)`,
    )
    .pluck()
  const given = files.flatMap(({ class: name, probability }, index) => {
    const imageId = unlabelled.get(paths[index] ?? '')
    const imageClass = classByName(project, name)
    return imageId === undefined || imageClass === undefined
      ? []
      : [{ image_id: imageId, class_id: imageClass.id, probability }]
  })
  if (given.length > 0) suggestions.give(project, given)
  return { jobId, registered, suggested: given.length }
}

/** The parts of a path that lead nowhere but down. */
function withinFolder(name: string): string {
  const parts = name.split('/').filter((part) => !['', '.', '..'].includes(part))
  return parts.join('/') || 'image'
}

import { splitNames, type Split } from '../../contract/entities.ts'
import { hygieneKinds, type HygieneKind } from '../../contract/hygiene.ts'
import { confidenceSteps, type MapColoring } from '../../contract/map.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import { readPredictions } from '../evaluation/stored-predictions.ts'
import { exactGroups, nearGroups } from '../hygiene/duplicate-groups.ts'
import { findIssues } from '../hygiene/find-issues.ts'
import { oddNeighbours } from '../hygiene/odd-neighbours.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findRun, toRun } from '../runs/stored-runs.ts'

type Categories = RequestOutput<'map.colors'>['categories']
type Category = Categories[number]['category']

const stepNames = ['0', '1', '2', '3', '4'] as const

/**
 * Which images are of each category, in the order of categories; those without images too.
 *
 * @param runId of the run whose predictions count; null: those of suggestions, and nothing is right or wrong
 * @throws AppError 'run-not-found'
 */
export async function mapColors(
  project: OpenProject,
  by: Exclude<MapColoring, 'class'>,
  runId: string | null,
): Promise<Categories> {
  switch (by) {
    case 'split':
      return splits(project)
    case 'issue':
      return issues(project)
    case 'confidence':
      return grouped(
        stepNames,
        (runId === null ? suggested(project) : predicted(project, runId)).map(({ id, confidence }) => ({
          id,
          category: stepNames[confidenceSteps.filter((from) => confidence >= from).length] as Category,
        })),
      )
    case 'result':
      return grouped(
        ['right', 'wrong'],
        (runId === null ? [] : predicted(project, runId)).map(({ id, isRight }) => ({
          id,
          category: isRight ? 'right' : 'wrong',
        })),
      )
  }
}

function grouped(
  categories: readonly Category[],
  images: readonly { id: number; category: Category }[],
): Categories {
  const ids = new Map<Category, number[]>(categories.map((category) => [category, []]))
  for (const { id, category } of images) ids.get(category)?.push(id)
  return [...ids].map(([category, imageIds]) => ({ category, imageIds }))
}

function splits({ database }: OpenProject): Categories {
  const rows = database
    .prepare<[], { id: number; category: Split }>(
      'SELECT id, split AS category FROM images WHERE removed_at IS NULL AND split IS NOT NULL',
    )
    .all()
  return grouped(splitNames, rows)
}

/** Of several issues of an image the first kind counts. */
async function issues(project: OpenProject): Promise<Categories> {
  const kinds = new Map<number, HygieneKind>()
  const add = (kind: HygieneKind, imageIds: readonly number[]): void => {
    for (const id of imageIds) if (!kinds.has(id)) kinds.set(id, kind)
  }
  add(
    'exact-duplicates',
    exactGroups(project).map(({ imageId }) => imageId),
  )
  add(
    'near-duplicates',
    nearGroups(project).flatMap(({ imageIds }) => imageIds),
  )
  add(
    'odd-neighbour',
    oddNeighbours(project).map(({ imageId }) => imageId),
  )
  for (const { kind, images } of await findIssues(project)) {
    add(
      kind,
      images.map(({ id }) => id),
    )
  }
  return grouped(
    hygieneKinds,
    [...kinds].map(([id, category]) => ({ id, category })),
  )
}

function suggested({ database }: OpenProject): { id: number; confidence: number }[] {
  return database
    .prepare<[], { id: number; confidence: number }>(
      `SELECT image_id AS id, probability AS confidence FROM image_predictions
       JOIN images ON images.id = image_id AND removed_at IS NULL
       JOIN classes ON classes.id = image_predictions.class_id AND classes.deleted_at IS NULL`,
    )
    .all()
}

/** The images that a run was judged by. */
function predicted(
  project: OpenProject,
  runId: string,
): { id: number; confidence: number; isRight: boolean }[] {
  const run = findRun(project, runId)
  const width = toRun(run).classes.length
  const idOf = new Map(
    project.database
      .prepare<[], [string, number]>(
        'SELECT sha256, id FROM images WHERE removed_at IS NULL AND sha256 IS NOT NULL',
      )
      .raw()
      .all(),
  )
  return splitNames.flatMap((split) => {
    const stored = readPredictions(project, run.number, split)
    if (!stored) return []
    const { hashes, truths, probabilities } = stored
    return hashes.flatMap((sha256, row) => {
      const id = idOf.get(sha256)
      if (id === undefined) return []
      const values = probabilities.subarray(row * width, (row + 1) * width)
      const confidence = Math.max(...values)
      return [{ id, confidence, isRight: values.indexOf(confidence) === truths[row] }]
    })
  })
}

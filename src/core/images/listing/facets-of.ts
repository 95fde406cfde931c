import type { ImageFacet, ImageFilter } from '../../../contract/image-query.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { countFacet, type FacetCount } from './count-facets.ts'
import { asksPredictions, failedParts } from './filter-images.ts'
import { imageIssueBits } from './image-issue-bits.ts'
import { imagePredictions } from './image-predictions.ts'
import { imageTableOf } from './image-table.ts'

const ofPredictions: readonly ImageFacet[] = ['predictedIds', 'correct', 'confidence']

/**
 * Counts the values of parts of a filter.
 *
 * @throws AppError 'run-not-found', 'cancelled'
 */
export async function facetsOf(
  project: OpenProject,
  filter: ImageFilter,
  facets: readonly ImageFacet[],
): Promise<Partial<Record<ImageFacet, FacetCount[]>>> {
  const table = await imageTableOf(project).current()
  const wantsPredictions = asksPredictions(filter) || facets.some((facet) => ofPredictions.includes(facet))
  const predictions = wantsPredictions ? await imagePredictions(project, table, filter.run) : undefined
  const countsIssues = facets.includes('issues')
  const issueBits =
    filter.issues || countsIssues
      ? await imageIssueBits(
          project,
          table,
          (issue) => countsIssues || (filter.issues?.includes(issue) ?? false),
        )
      : undefined
  const sources = { ...table, predictions, issueBits }
  const failed = failedParts(sources, filter)
  return Object.fromEntries(facets.map((facet) => [facet, countFacet(sources, failed, facet)]))
}

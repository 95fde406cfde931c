import type { RequestOutput } from '../../contract/requests/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { presentLabels } from './present-labels.ts'
import type { CheckData } from './stored-check.ts'

type Evidence = RequestOutput<'labelErrors.evidence'>

/**
 * What speaks for and against the label of an image: what heads that did not see it say, and the images most like it of each class, by the labels
 * there are now.
 *
 * @param data null, or without the image: nothing is known of it any more
 */
export function evidenceOf(
  project: OpenProject,
  data: CheckData | null,
  imageId: number,
  classIds: readonly number[],
  count: number,
): Evidence {
  const row = data?.rowOf.get(imageId)
  if (!data || row === undefined)
    return { probabilities: [], neighbours: classIds.map((classId) => ({ classId, images: [] })) }
  const width = data.classIds.length
  const probabilities = data.classIds
    .map((classId, index) => ({ classId, probability: data.probabilities[row * width + index] as number }))
    .filter(({ probability }) => !Number.isNaN(probability))
    .sort((a, b) => b.probability - a.probability)
  const labels = presentLabels(project)
  return {
    probabilities,
    neighbours: classIds.map((classId) => ({
      classId,
      images: nearest(project, data, row, (id) => id !== imageId && labels.get(id) === classId, count),
    })),
  }
}

function nearest(
  { database }: OpenProject,
  { features, width, imageIds }: CheckData,
  row: number,
  isWanted: (imageId: number) => boolean,
  count: number,
): Evidence['neighbours'][number]['images'] {
  const hashOf = database.prepare<[number], string>('SELECT sha256 FROM images WHERE id = ?').pluck()
  const own = features.subarray(row * width, (row + 1) * width)
  return imageIds
    .flatMap((imageId, other) => {
      if (!isWanted(imageId)) return []
      const similarity = cosine(own, features.subarray(other * width, (other + 1) * width))
      return Number.isNaN(similarity) ? [] : [{ imageId, similarity }]
    })
    .sort((a, b) => b.similarity - a.similarity || a.imageId - b.imageId)
    .slice(0, count)
    .map(({ imageId, similarity }) => ({ imageId, sha256: hashOf.get(imageId) ?? '', similarity }))
}

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0
  let ofA = 0
  let ofB = 0
  for (let place = 0; place < a.length; place += 1) {
    const valueA = a[place] as number
    const valueB = b[place] as number
    product += valueA * valueB
    ofA += valueA * valueA
    ofB += valueB * valueB
  }
  return product / Math.sqrt(ofA * ofB)
}

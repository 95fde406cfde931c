import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { listImages } from '../images/listing/list-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ImagePredictionRow } from '../store/tables/image-predictions.ts'
import { breathe } from './breathe.ts'
import { readPredictions } from './image-predictions.ts'
import { readHead, type ReducedFeatures } from './stored-head.ts'
import { strategies } from './strategies/index.ts'
import type { SuggestionPool } from './strategies/strategy.ts'

/** Unlabelled images that pass the filter, in the order of a strategy, with the proposed class of each. */
export async function nextSuggestions(
  project: OpenProject,
  { count, strategy, seed, filter }: RequestParsedInput<'suggestions.next'>,
  features: ReducedFeatures | null,
): Promise<RequestOutput<'suggestions.next'>> {
  const showsUnlabelled = filter.classIds?.includes(null) ?? true
  const { ids } = showsUnlabelled
    ? await listImages(project, { filter: { ...filter, classIds: [null] } })
    : { ids: [] }
  const source = readHead(project)?.source ?? 'none'
  const predictions = new Map<number, ImagePredictionRow>()
  for (let first = 0; source !== 'none' && first < ids.length; first += idsAtOnce) {
    for (const [id, row] of readPredictions(project, ids.slice(first, first + idsAtOnce)))
      predictions.set(id, row)
    await breathe()
  }
  const width = features?.width ?? 0
  const pool: SuggestionPool = {
    size: ids.length,
    probabilities: Float32Array.from(ids, (id) => predictions.get(id)?.probability ?? NaN),
    margins: Float32Array.from(ids, (id) => predictions.get(id)?.margin ?? NaN),
    features: gather(features, ids),
    labelledFeatures: strategy === 'diversity' || source === 'none' ? labelledRows(project, features) : none,
    width,
    seed,
  }
  // Where nothing is predicted all are as uncertain: then those that cover the most teach the most.
  const asked = source === 'none' && strategy !== 'random' ? 'diversity' : strategy
  // Without features there is no likeness, and what is left is to draw or to go by margins.
  const known = features === null && asked === 'diversity' ? 'random' : asked
  const images: RequestOutput<'suggestions.next'>['images'] = []
  for await (const place of strategies[known](pool, breathe)) {
    if (images.length === count) break
    const id = ids[place] as number
    const prediction = predictions.get(id)
    images.push({ id, classId: prediction?.class_id ?? null, probability: prediction?.probability ?? null })
    if (images.length === count) break
  }
  return { source, images }
}

const idsAtOnce = 1000
const none = new Float32Array()

function gather(features: ReducedFeatures | null, imageIds: readonly number[]): Float32Array {
  if (!features) return none
  const { values, width, rowOf } = features
  const gathered = new Float32Array(imageIds.length * width).fill(NaN)
  imageIds.forEach((id, place) => {
    const row = rowOf.get(id)
    if (row !== undefined) gathered.set(values.subarray(row * width, (row + 1) * width), place * width)
  })
  return gathered
}

function labelledRows({ database }: OpenProject, features: ReducedFeatures | null): Float32Array {
  const labelled = database
    .prepare<[], number>(
      `SELECT DISTINCT image_id FROM annotations JOIN images ON images.id = image_id
       WHERE images.removed_at IS NULL ORDER BY image_id`,
    )
    .pluck()
    .all()
  return gather(
    features,
    labelled.filter((id) => features?.rowOf.has(id)),
  )
}

import type { SamplePrediction } from '../../contract/jobs.ts'
import type { Dataset } from '../dataset.ts'
import type { RowPredictions } from './predict-rows.ts'

/** As many as are taken in at a glance. */
const mostSamples = 12

/**
 * Validation images to follow through a training: of every class in turn, those whose hashes come first, so that the same images are followed
 * whatever their order in the project.
 *
 * @returns positions in the dataset, at most 12
 */
export function chooseSamples({ images, splits }: Pick<Dataset, 'images' | 'splits'>): number[] {
  const byClass = new Map<number, number[]>()
  const hashOf = (position: number): string => images[position]?.sha256 ?? ''
  const sorted = [...splits.validation].sort((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1))
  for (const position of sorted) {
    const classIndex = images[position]?.classIndex ?? 0
    const own = byClass.get(classIndex)
    if (own) own.push(position)
    else byClass.set(classIndex, [position])
  }
  const queues = [...byClass].sort(([a], [b]) => a - b).map(([, positions]) => positions)
  const chosen: number[] = []
  for (let round = 0; chosen.length < mostSamples; round += 1) {
    const next = queues.flatMap((positions) => positions.slice(round, round + 1))
    if (next.length === 0) break
    chosen.push(...next.slice(0, mostSamples - chosen.length))
  }
  return chosen
}

/** What predictions of the validation images say of the chosen ones; those that cannot be read are left out. */
export function samplePredictions(
  chosen: readonly number[],
  { images, classes }: Pick<Dataset, 'images' | 'classes'>,
  { rows, probabilities }: RowPredictions,
): SamplePrediction[] {
  const rowOf = new Map(rows.map((position, row) => [position, row]))
  return chosen.flatMap((position) => {
    const row = rowOf.get(position)
    const image = images[position]
    if (row === undefined || image === undefined) return []
    const own = probabilities.subarray(row * classes.length, (row + 1) * classes.length)
    const probability = own.reduce((highest, value) => Math.max(highest, value), 0)
    return [
      {
        sha256: image.sha256,
        truth: image.classIndex,
        predicted: own.indexOf(probability),
        probability,
        truthProbability: own[image.classIndex] ?? 0,
      },
    ]
  })
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import { splitNames } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { readPredictions } from '../../evaluation/stored-predictions.ts'
import { liveClasses } from '../../labels/classes.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { findRun } from '../../runs/stored-runs.ts'
import type { ImageTable } from './image-table.ts'

export const verdicts = { unknown: 0, right: 1, wrong: 2 } as const

/** What is predicted of each image, at the place of its id. */
export interface ImagePredictions {
  /** 0: nothing is predicted, or a class that is no longer there. */
  readonly classIds: Int32Array
  /** Of that class, 0 to 1; NaN: nothing is predicted. */
  readonly probabilities: Float32Array
  /** By how much it exceeds the second. */
  readonly margins: Float32Array
  /** Of `verdicts`. */
  readonly verdicts: Uint8Array
}

/** As a run left them: its classes are found by their names when they are asked for. */
interface RunPredictions extends Omit<ImagePredictions, 'classIds'> {
  runNumber: number
  orderVersion: number
  classes: readonly string[]
  /** One more than the place in `classes`; 0: nothing is predicted. */
  places: Uint32Array
}

const imagesAtOnce = 2000

const ofLastRun = new WeakMap<OpenProject, RunPredictions>()

/**
 * What a run said of the images it was scored by, or the newest head of suggestions of all.
 *
 * @param run absent: the head
 * @throws AppError 'run-not-found', 'cancelled'
 */
export async function imagePredictions(
  project: OpenProject,
  table: ImageTable,
  run: string | undefined,
): Promise<ImagePredictions> {
  if (run === undefined) return headPredictions(table)
  const { number } = findRun(project, run)
  let known = ofLastRun.get(project)
  if (known?.runNumber !== number || known.orderVersion !== table.orderVersion) {
    known = await readRun(project, table, run)
    ofLastRun.set(project, known)
  }
  const idOf = new Map(liveClasses(project).map(({ id, name }) => [name, id]))
  const ids = [0, ...known.classes.map((name) => idOf.get(name) ?? 0)]
  return { ...known, classIds: Int32Array.from(known.places, (place) => ids[place] ?? 0) }
}

function headPredictions({ order, columns }: ImageTable): ImagePredictions {
  const { predictedIds, probabilities, margins, classIds, severalClassIds } = columns
  const found = new Uint8Array(predictedIds.length)
  for (const id of order) {
    const predicted = predictedIds[id] as number
    const label = classIds[id] as number
    if (predicted === 0 || label === 0) continue
    const isRight = predicted === label || (severalClassIds.get(id)?.includes(predicted) ?? false)
    found[id] = isRight ? verdicts.right : verdicts.wrong
  }
  return { classIds: predictedIds, probabilities, margins, verdicts: found }
}

async function readRun(project: OpenProject, table: ImageTable, run: string): Promise<RunPredictions> {
  const { number, classes: names } = findRun(project, run)
  const classes = JSON.parse(names) as string[]
  const size = table.columns.splits.length
  const result = {
    runNumber: number,
    orderVersion: table.orderVersion,
    classes,
    places: new Uint32Array(size),
    probabilities: new Float32Array(size).fill(NaN),
    margins: new Float32Array(size).fill(NaN),
    verdicts: new Uint8Array(size),
  }
  const findId = project.database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  const width = classes.length
  for (const split of splitNames) {
    const predictions = readPredictions(project, number, split)
    if (!predictions) continue
    const { hashes, truths, probabilities } = predictions
    for (const [row, hash] of hashes.entries()) {
      if (row % imagesAtOnce === imagesAtOnce - 1) {
        await nextTurn()
        if (!project.database.open)
          throw new AppError('cancelled', 'The project was closed while its images were listed.')
      }
      const id = findId.get(hash)
      if (id === undefined || id >= size) continue
      let [best, first, second] = [0, -1, 0]
      for (let place = 0; place < width; place += 1) {
        const value = probabilities[row * width + place] as number
        if (value > first) [best, second, first] = [place, Math.max(0, first), value]
        else if (value > second) second = value
      }
      result.places[id] = best + 1
      result.probabilities[id] = first
      result.margins[id] = first - second
      result.verdicts[id] = truths[row] === best ? verdicts.right : verdicts.wrong
    }
  }
  return result
}

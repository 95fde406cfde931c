import type { Pair } from '../../contract/comparison.ts'
import type { Split } from '../../contract/entities.ts'
import { accuracyDifference, mcnemarTest, significance } from '../../metrics/index.ts'
import { readPredictions } from '../evaluation/stored-predictions.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'

/** What a run said of an image. */
export interface Answer {
  /** The class that the run's dataset version gives it. */
  truth: string
  class: string
  /** Of `class`. */
  probability: number
}

/** Two runs' answers about one image. */
export interface AnswerPair {
  sha256: string
  /** Of the two runs' labels the later: a label that was corrected in between counts as corrected for both. */
  truth: string
  first: Answer
  second: Answer
}

/** What two runs said of the images that both predicted. */
export interface AnswerPairs {
  split: Split
  pairs: AnswerPair[]
}

/** By SHA-256; null where the run has no predictions of that split. */
export function runAnswers(
  project: OpenProject,
  { number, classes: json }: Pick<RunRow, 'number' | 'classes'>,
  split: Split,
): Map<string, Answer> | null {
  const predictions = readPredictions(project, number, split)
  if (predictions === null || predictions.hashes.length === 0) return null
  const classes = JSON.parse(json) as string[]
  const { hashes, truths, probabilities } = predictions
  return new Map(
    hashes.map((sha256, row) => {
      const scores = probabilities.subarray(row * classes.length, (row + 1) * classes.length)
      // indexOf of the maximum: of equal ones the first, as the confusion matrix counts it.
      const probability = Math.max(...scores)
      return [
        sha256,
        {
          truth: classes[truths[row] ?? -1] ?? '',
          class: classes[scores.indexOf(probability)] ?? '',
          probability,
        },
      ]
    }),
  )
}

/**
 * Pairs two runs' answers on the test images that both predicted, or on the validation images where they share none.
 *
 * @returns null where they share neither
 */
export function pairAnswers(project: OpenProject, first: RunRow, second: RunRow): AnswerPairs | null {
  for (const split of ['test', 'validation'] as const) {
    const pairs = pairSplit(project, first, second, split)
    if (pairs !== null && pairs.length > 0) return { split, pairs }
  }
  return null
}

/** @returns null where one of the runs has no predictions of that split */
export function pairSplit(
  project: OpenProject,
  first: Pick<RunRow, 'number' | 'classes'>,
  second: Pick<RunRow, 'number' | 'classes'>,
  split: Split,
): AnswerPair[] | null {
  const before = runAnswers(project, first, split)
  const after = runAnswers(project, second, split)
  if (!before || !after) return null
  return [...before].flatMap(([sha256, answer]) => {
    const other = after.get(sha256)
    if (other === undefined) return []
    const { truth } = first.number > second.number ? answer : other
    return [{ sha256, truth, first: answer, second: other }]
  })
}

/** The accuracies of two runs on the same images, and whether their difference is more than noise. */
export function scorePairs({ split, pairs }: AnswerPairs): Pair {
  const first = pairs.map((pair) => pair.first.class === pair.truth)
  const second = pairs.map((pair) => pair.second.class === pair.truth)
  const { b, c, p } = mcnemarTest(first, second)
  const { difference, interval95 } = accuracyDifference(b, c, pairs.length)
  const share = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length
  return {
    split,
    images: pairs.length,
    accuracies: [share(first), share(second)],
    difference,
    interval95: [...interval95],
    b,
    c,
    p,
    significant: p < significance,
  }
}

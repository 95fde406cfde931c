import type { Predictions } from './predictions.ts'

/** What lies above each threshold, where the thresholds are the distinct scores of positive examples, falling: between two, no positive is gained. */
export interface ThresholdCounts {
  readonly positives: number
  readonly negatives: number
  /** `[thresholds]`, scores of positives, falling. */
  readonly thresholds: Float32Array
  /** `[thresholds]`, positives at or above each. */
  readonly truePositives: Float64Array
  /** `[thresholds]`, negatives at or above each. */
  readonly falsePositives: Float64Array
  /** `[thresholds]`, negatives above each. */
  readonly falsePositivesAbove: Float64Array
}

type Scores = Pick<Predictions, 'classes' | 'examples' | 'probabilities' | 'labels'>

/** Values between two pauses. */
const valuesBetweenPauses = 200_000

/**
 * Counts for one class against the rest; for all classes at once (micro-averaged), where every probability of every example is a score, positive
 * where it is the true class's. Exact: no scores are put into bins. It pauses now and then.
 *
 * @param classIndex null: all
 */
export function* thresholdCounts(
  { classes, examples, probabilities, labels }: Scores,
  classIndex: number | null,
): Generator<undefined, ThresholdCounts> {
  const first = classIndex ?? 0
  const last = classIndex ?? classes - 1
  const found: number[] = []
  for (let row = 0; row < examples; row += 1) {
    const label = labels[row] as number
    if (label >= first && label <= last) found.push(probabilities[row * classes + label] as number)
  }
  const scores = Float32Array.from(found).sort()
  const distinct = scores.filter((score, index) => index === 0 || score !== scores[index - 1])
  const equalPositives = new Float64Array(distinct.length)
  let place = 0
  for (const score of scores) {
    if (score !== distinct[place]) place += 1
    equalPositives[place] = (equalPositives[place] as number) + 1
  }
  yield

  const equal = new Float64Array(distinct.length)
  // Of negatives between the thresholds before and at the index.
  const between = new Float64Array(distinct.length + 1)
  let looked = 0
  for (let row = 0; row < examples; row += 1) {
    for (let index = first; index <= last; index += 1) {
      if (labels[row] === index) continue
      const score = probabilities[row * classes + index] as number
      let low = 0
      // Most of the others score lower than any positive.
      let high = score < (distinct[0] as number) ? 0 : distinct.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((distinct[middle] as number) < score) low = middle + 1
        else high = middle
      }
      const counted = distinct[low] === score ? equal : between
      counted[low] = (counted[low] as number) + 1
    }
    looked += last - first + 1
    if (looked < valuesBetweenPauses) continue
    looked = 0
    yield
  }

  const count = distinct.length
  const truePositives = new Float64Array(count)
  const falsePositives = new Float64Array(count)
  const falsePositivesAbove = new Float64Array(count)
  let gained = 0
  let mistaken = 0
  for (let index = 0; index < count; index += 1) {
    const rising = count - 1 - index
    gained += equalPositives[rising] as number
    mistaken += between[rising + 1] as number
    falsePositivesAbove[index] = mistaken
    mistaken += equal[rising] as number
    truePositives[index] = gained
    falsePositives[index] = mistaken
  }
  return {
    positives: scores.length,
    negatives: examples * (last - first + 1) - scores.length,
    thresholds: distinct.reverse(),
    truePositives,
    falsePositives,
    falsePositivesAbove,
  }
}

/** As {@link thresholdCounts} of one class, without a pause. */
export function countThresholds(scores: Scores, classIndex: number): ThresholdCounts {
  const work = thresholdCounts(scores, classIndex)
  let step = work.next()
  while (!step.done) step = work.next()
  return step.value
}

import { classThresholds, confidentClasses, confidentJoint } from './confident-joint.ts'
import { labelQuality, type LabelQualityId } from './label-quality.ts'
import { highest } from './predictions.ts'

/**
 * Which labels are taken to be errors. confident: those that confidently are of another class. noise-rate: of every pair of classes as many as the
 * confident joint counts, those that are by most likelier of the other.
 */
export type LabelErrorRule = 'confident' | 'noise-rate'

/** A label that is not the likeliest class. */
export interface LabelSuspect {
  /** Of the example. */
  readonly row: number
  readonly given: number
  /** The likeliest class. */
  readonly suggested: number
  /** 0 to 1; the lower, the likelier it is wrong. */
  readonly quality: number
  /** Whether it is taken to be an error; the others may be, or are images that are hard to tell. */
  readonly isError: boolean
}

/**
 * Labels that are not the likeliest class, the worst first, and which of them are errors by confident learning.
 *
 * @param probabilities `[examples, classes]`, row by row, each by a model that did not see the example; rows sum to 1
 * @param labels `[examples]`, the given classes, 0 to `classes` - 1
 * @throws AppError 'loss-not-finite' where a probability is not a number
 * @see Northcutt, Jiang, Chuang: Confident Learning (2021), section 3.2, https://arxiv.org/abs/1911.00068
 */
export function findLabelSuspects(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  {
    rule = 'noise-rate',
    rankBy = 'self-confidence',
  }: { rule?: LabelErrorRule; rankBy?: LabelQualityId } = {},
): LabelSuspect[] {
  const likeliest = Array.from({ length: labels.length }, (_, row) =>
    highest(probabilities, row * classes, classes),
  )
  const isErrorOf =
    rule === 'confident'
      ? offDiagonal(probabilities, labels, classes)
      : byNoiseRate(probabilities, labels, classes)
  const qualities = labelQuality(probabilities, labels, classes, rankBy)
  const suspects: LabelSuspect[] = []
  for (let row = 0; row < labels.length; row += 1) {
    const given = labels[row] as number
    const suggested = likeliest[row] as number
    if (suggested === given) continue
    const isError = isErrorOf[row] === 1
    suspects.push({ row, given, suggested, quality: qualities[row] as number, isError })
  }
  return suspects.sort((a, b) => a.quality - b.quality || a.row - b.row)
}

function offDiagonal(probabilities: Float32Array, labels: ArrayLike<number>, classes: number): Uint8Array {
  const thresholds = classThresholds(probabilities, labels, classes)
  const confident = confidentClasses(probabilities, labels.length, thresholds)
  return Uint8Array.from(confident, (sure, row) => Number(sure >= 0 && sure !== labels[row]))
}

function byNoiseRate(probabilities: Float32Array, labels: ArrayLike<number>, classes: number): Uint8Array {
  const joint = confidentJoint(probabilities, labels, classes)
  const isError = new Uint8Array(labels.length)
  const rowsOf = Array.from({ length: classes }, (): number[] => [])
  for (let row = 0; row < labels.length; row += 1) rowsOf[labels[row] as number]?.push(row)
  joint.forEach((counts, given) => {
    const rows = rowsOf[given] as number[]
    // The only example of a class is all that is known of it.
    if (rows.length <= 1) return
    counts.forEach((count, other) => {
      if (other === given || count === 0) return
      const margin = (row: number): number =>
        (probabilities[row * classes + other] as number) - (probabilities[row * classes + given] as number)
      const likeliest = rows.toSorted((a, b) => margin(b) - margin(a) || a - b).slice(0, count)
      for (const row of likeliest) isError[row] = 1
    })
  })
  return isError
}

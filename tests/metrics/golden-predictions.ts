import { readFileSync } from 'node:fs'
import { makePredictions, type Predictions } from '../../src/metrics/index.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/golden/${name}.json`, import.meta.url), 'utf8'))

interface Curves {
  rocAuc: number
  averagePrecision: number
  truePositiveRates: number[]
  recalls: number[]
  precisions: number[]
}

/** scikit-learn's and SciPy's numbers of the golden predictions; scripts/golden/evaluation-statistics.py says what each is. */
export const goldenStatistics = read('evaluation-statistics') as {
  perClass: Curves[]
  micro: Curves
  macroTruePositiveRates: number[]
  temperature: number
  lossBefore: number
  lossAfter: number
  scaled: number[]
  bins: Record<'width' | 'mass', { accuracies: number[]; confidences: number[] }>
  fisher: { table: [[number, number], [number, number]]; p: number }[]
  adjusted: number[]
  riskCoverage: { coverages: number[]; risks: number[] }
}

/** Sixty examples of four classes. */
export function goldenPredictions(): Predictions {
  const { labels, probabilities } = read('classification-metrics') as {
    labels: number[]
    probabilities: number[]
  }
  return makePredictions(Float32Array.from(probabilities), labels, 4)
}

/** The result of work that pauses. */
export function finish<Value>(work: Generator<undefined, Value>): Value {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

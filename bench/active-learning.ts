/**
 * Labels needed until a head has a test accuracy of 0.90 on flowers17, when they are asked for in the order of a strategy and in a random one. An
 * oracle knows all classes and is asked for two images of each to begin with, then for some at a time; after each time the head is fit anew, by
 * the code of the job. Features are computed once.
 *
 *     node bench/active-learning.ts [--seeds 5] [--batch 10]
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { suggestionStrategies, type SuggestionStrategy } from '../src/contract/suggestions.ts'
import { strategies } from '../src/core/suggestions/strategies/index.ts'
import { predictSoftmaxRegression } from '../src/ml/softmax-regression.ts'
import { createRandom } from '../src/models/random.ts'
import { reducedWidth } from '../src/trainer/head/feature-rows.ts'
import { fitSuggestionHead } from '../src/trainer/head/suggestion-head.ts'
import { readLabelledFeatures, type LabelledFeatures } from './labelled-features.ts'
import { benchOptions } from './options.ts'
import { report, sharedData } from './thaw.ts'

const wantedAccuracy = 0.9
const largestShare = 0.75
const labelsToBegin = 2
const testShare = 0.3
const { seeds, batch } = benchOptions({ seeds: 5, batch: 10 })

function rowsOf({ features, width }: LabelledFeatures, positions: readonly number[]): tf.Tensor2D {
  const rows = new Float32Array(positions.length * width)
  positions.forEach((position, row) =>
    rows.set(features.subarray(position * width, (position + 1) * width), row * width),
  )
  return tf.tensor2d(rows, [positions.length, width])
}

function reducedRows({ reduced }: LabelledFeatures, positions: readonly number[]): Float32Array {
  const rows = new Float32Array(positions.length * reducedWidth)
  positions.forEach((position, row) =>
    rows.set(reduced.subarray(position * reducedWidth, (position + 1) * reducedWidth), row * reducedWidth),
  )
  return rows
}

/** Of each class: images to test on, and of the others those that are labelled to begin with. */
function split({ labels, classes }: LabelledFeatures, seed: number) {
  const parts = { test: [] as number[], labelled: [] as number[], unlabelled: [] as number[] }
  for (let label = 0; label < classes; label += 1) {
    const members = labels.flatMap((each, position) => (each === label ? [position] : []))
    const order = createRandom({ seed, purpose: 'split', item: label }).permutation(members.length)
    const drawn = Array.from(order, (index) => members[index] as number)
    const tested = Math.round(members.length * testShare)
    parts.test.push(...drawn.slice(0, tested))
    parts.labelled.push(...drawn.slice(tested, tested + labelsToBegin))
    parts.unlabelled.push(...drawn.slice(tested + labelsToBegin))
  }
  return parts
}

function topOf(row: Float32Array): { best: number; probability: number; margin: number } {
  const order = [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number))
  const [best = 0, second = 0] = order
  const probability = row[best] as number
  return { best, probability, margin: probability - (row[second] as number) }
}

/** @returns how many labels there were when the wanted accuracy was reached first; all where it never was */
async function labelsNeeded(
  flowers: LabelledFeatures,
  strategy: SuggestionStrategy,
  seed: number,
): Promise<number> {
  const { classes, labels } = flowers
  const { test, labelled, unlabelled } = split(flowers, seed)
  const testRows = rowsOf(flowers, test)
  try {
    for (let round = 0; ; round += 1) {
      const rows = rowsOf(flowers, labelled)
      const known = labelled.map((position) => labels[position] as number)
      const head = await fitSuggestionHead(rows, known, classes)
      rows.dispose()
      const predicted = predictSoftmaxRegression(testRows, head)
      const right = test.filter((position, row) => {
        const { best } = topOf(predicted.subarray(row * classes, (row + 1) * classes))
        return best === labels[position]
      }).length
      if (right / test.length >= wantedAccuracy || unlabelled.length === 0) return labelled.length
      const asked = rowsOf(flowers, unlabelled)
      const probabilities = predictSoftmaxRegression(asked, head)
      asked.dispose()
      const tops = unlabelled.map((_, row) =>
        topOf(probabilities.subarray(row * classes, (row + 1) * classes)),
      )
      const pool = {
        size: unlabelled.length,
        probabilities: Float32Array.from(tops, ({ probability }) => probability),
        margins: Float32Array.from(tops, ({ margin }) => margin),
        features: reducedRows(flowers, unlabelled),
        labelledFeatures: reducedRows(flowers, labelled),
        width: reducedWidth,
        seed: seed * 1000 + round,
      }
      const chosen: number[] = []
      for await (const place of strategies[strategy](pool, () => Promise.resolve())) {
        if (chosen.push(place) === batch) break
      }
      labelled.push(...chosen.map((place) => unlabelled[place] as number))
      for (const place of chosen.sort((a, b) => b - a)) unlabelled.splice(place, 1)
    }
  } finally {
    testRows.dispose()
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

if (!existsSync(sharedData)) {
  console.log(`skipped: there are no pictures at ${sharedData}`)
  process.exit(0)
}

const started = performance.now()
const flowers = await readLabelledFeatures(join(sharedData, 'flowers17'))
console.log(
  `flowers17: features of ${flowers.labels.length} images in ${((performance.now() - started) / 1000).toFixed(1)} s; ${seeds} seeds, ${batch} labels at a time`,
)
const needed = new Map<SuggestionStrategy, number>()
for (const strategy of suggestionStrategies) {
  const start = performance.now()
  const each: number[] = []
  for (let seed = 0; seed < seeds; seed += 1) each.push(await labelsNeeded(flowers, strategy, seed))
  needed.set(strategy, mean(each))
  const seconds = (performance.now() - start) / 1000
  console.log(
    `  ${strategy.padEnd(12)} ${mean(each).toFixed(1).padStart(6)} labels (${each.join(', ')}) in ${seconds.toFixed(1)} s`,
  )
}
const share = (needed.get('mixed') ?? NaN) / (needed.get('random') ?? NaN)
report(
  `flowers17: labels to ${wantedAccuracy.toFixed(2)} test accuracy, mixed of random`,
  share.toFixed(2),
  `<= ${largestShare}`,
  share <= largestShare,
)

/**
 * Images in another class's neighbourhood: of the labels of flowers17 some are made wrong at random; what share of these is found by the rule of
 * hygiene, and what share of all that is found is wrong, at each margin that a person may choose.
 *
 *     node bench/odd-neighbours.ts [--seeds 5] [--percent 5]
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { limitRanges } from '../src/contract/hygiene.ts'
import { findNearest, neighbourCount } from '../src/core/hygiene/find-nearest.ts'
import { judgeNeighbours, usualMargin } from '../src/core/hygiene/judge-neighbours.ts'
import { createRandom } from '../src/models/random.ts'
import { reducedWidth } from '../src/trainer/head/feature-rows.ts'
import { readLabelledFeatures } from './labelled-features.ts'
import { benchOptions } from './options.ts'
import { report, sharedData } from './thaw.ts'

const leastRecall = 0.6
const leastPrecision = 0.7
const { seeds, percent } = benchOptions({ seeds: 5, percent: 5 })

if (!existsSync(sharedData)) {
  console.log(`skipped: there are no pictures at ${sharedData}`)
  process.exit(0)
}

const { labels, classes, reduced } = await readLabelledFeatures(join(sharedData, 'flowers17'))
const rows = Int32Array.from(labels, (_, row) => row)
const nearest = findNearest(reduced, reducedWidth, rows)
const wrongLabels = Math.round((labels.length * percent) / 100)
const { least, most } = limitRanges['odd-neighbour']

/** Rows by margin, as the labels of a seed have it. */
function judged(seed: number): { margin: number; isWrong: boolean }[] {
  const random = createRandom({ seed, purpose: 'wrong-labels' })
  const wrong = new Set(random.permutation(labels.length).subarray(0, wrongLabels))
  const given = labels.map((label, row) =>
    wrong.has(row) ? (label + 1 + random.integer(classes - 1)) % classes : label,
  )
  const sizes = new Map<number, number>()
  for (const label of given) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  return given.map((label, row) => {
    const neighbours = Array.from(
      nearest.subarray(row * neighbourCount, (row + 1) * neighbourCount),
      (other) => [given[other] as number],
    )
    const judgement = judgeNeighbours(
      [label],
      neighbours,
      labels.length,
      (classId) => sizes.get(classId) ?? 0,
    )
    return { margin: judgement?.margin ?? -1, isWrong: wrong.has(row) }
  })
}

const all = Array.from({ length: seeds }, (_, seed) => judged(seed)).flat()
const figures = (limit: number) => {
  const found = all.filter(({ margin }) => margin >= limit - 1e-9)
  const right = found.filter(({ isWrong }) => isWrong).length
  return { recall: right / (wrongLabels * seeds), precision: right / Math.max(1, found.length) }
}
for (let limit = least; limit <= most + 1e-9; limit += 0.1) {
  const { recall, precision } = figures(limit)
  console.log(`  margin ${limit.toFixed(1)}: recall ${recall.toFixed(2)}, precision ${precision.toFixed(2)}`)
}
const usual = figures(usualMargin)
report(
  `odd neighbours at ${usualMargin}: wrong labels that are found`,
  usual.recall.toFixed(2),
  `>= ${leastRecall}`,
  usual.recall >= leastRecall,
)
report(
  `odd neighbours at ${usualMargin}: of what is found, wrong labels`,
  usual.precision.toFixed(2),
  `>= ${leastPrecision}`,
  usual.precision >= leastPrecision,
)

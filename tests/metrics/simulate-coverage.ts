import { ofClass } from '../../src/metrics/averages.ts'
import {
  bootstrapIntervals,
  makePredictions,
  wilsonInterval,
  type Statistic,
} from '../../src/metrics/index.ts'
import { topKAccuracy } from '../../src/metrics/top-k-accuracy.ts'
import { createRandom, type Random } from '../../src/models/random.ts'
import { finish } from './golden-predictions.ts'

const shares = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97]

/** Draws `images` answers of which a known share is right, so many times, and tells how often Wilson's interval contains the share: the mean over shares. */
export function wilsonCoverage(images: number, intervals: number): number {
  const covered = shares.map((share, item) => {
    const random = createRandom({ seed: images, purpose: 'wilson-coverage', item })
    let count = 0
    for (let trial = 0; trial < intervals; trial += 1) {
      let right = 0
      for (let image = 0; image < images; image += 1) if (random.uniform() < share) right += 1
      const [low, high] = wilsonInterval(right, images)
      if (low <= share && share <= high) count += 1
    }
    return count / intervals
  })
  return covered.reduce((sum, share) => sum + share, 0) / covered.length
}

/** The same of the bootstrap's interval of an accuracy of 0.8. */
export function bootstrapAccuracyCoverage(images: number, intervals: number): number {
  return bootstrapCoverage(images, intervals, topKAccuracy(1), 0.8, (random) => [
    0,
    random.uniform() < 0.8 ? 0 : 1,
  ])
}

/** The same of the F1 of one of two classes: of 40% of the images 80% are found, of the others 10% are taken for it. */
export function f1Coverage(images: number, intervals: number): number {
  const found = 0.4 * 0.8
  const mistaken = 0.6 * 0.1
  return bootstrapCoverage(
    images,
    intervals,
    ofClass(0, 'f1'),
    (2 * found) / (0.4 + found + mistaken),
    (random) => {
      const truth = random.uniform() < 0.4 ? 0 : 1
      return [truth, random.uniform() < (truth === 0 ? 0.8 : 0.1) ? 0 : 1]
    },
  )
}

/** @param draw the true and the predicted class of an image */
function bootstrapCoverage(
  images: number,
  intervals: number,
  statistic: Statistic,
  truth: number,
  draw: (random: Random) => [number, number],
): number {
  const random = createRandom({ seed: images, purpose: 'bootstrap-coverage' })
  let count = 0
  for (let trial = 0; trial < intervals; trial += 1) {
    const drawn = Array.from({ length: images }, () => draw(random))
    const probabilities = Float32Array.from(
      drawn.flatMap(([, predicted]) => (predicted === 0 ? [1, 0] : [0, 1])),
    )
    const predictions = makePredictions(
      probabilities,
      drawn.map(([label]) => label),
      2,
    )
    const [interval] = finish(bootstrapIntervals(predictions, [statistic], { resamples: 400, seed: trial }))
    if (interval && interval[0] <= truth && truth <= interval[1]) count += 1
  }
  return count / intervals
}

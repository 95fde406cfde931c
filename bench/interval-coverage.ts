/**
 * How often 95% intervals contain the true value, in simulations where it is known: Wilson's over shares and numbers of images, the bootstrap's of
 * accuracy and of a class's F1.
 *
 *   node bench/interval-coverage.ts [--intervals 2000]
 */
import { parseArgs } from 'node:util'
import { f1Coverage, bootstrapAccuracyCoverage, wilsonCoverage } from '../tests/metrics/simulate-coverage.ts'

const { values } = parseArgs({ options: { intervals: { type: 'string', default: '2000' } } })
const intervals = Number(values.intervals)
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`

for (const images of [150, 500, 2000]) {
  console.log(`Wilson, ${images} images, mean over shares: ${percent(wilsonCoverage(images, intervals))}`)
}
console.log(`bootstrap of accuracy, 150 images: ${percent(bootstrapAccuracyCoverage(150, intervals))}`)
console.log(`bootstrap of F1, 150 images: ${percent(f1Coverage(150, intervals))}`)

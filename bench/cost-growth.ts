/**
 * Time and memory of a training by the number of images, which are drawn, 64 x 64 pixels: both should grow no faster than the number. The
 * smallest and the largest number are trained once more, from cached features, with a memory budget that those of the largest do not fit into.
 *
 *     node bench/cost-growth.ts [--sizes 1000,10000,50000] [--epochs 3]
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { benchOptions } from './options.ts'
import { report, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  seconds: { features: number; training: number; evaluation: number; total: number }
  peakRssBytes: number
}
interface Measured extends TrainResult {
  images: number
  /** The whole command. */
  wallSeconds: number
}

const pixels = 64
const growthBound = 1.3
/** A record of efficientnet-lite0 in float16, with its factor. */
const recordBytes = 4 + 1280 * 2
/** Of the features, in the run with little memory. */
const budgetShare = 0.25
/** Of the list of images: names, hashes, places. */
const listBytesOfImage = 1024
/** What V8 lets lie of freed buffers before it collects them. */
const slackBytes = 64 * 2 ** 20
const { sizes, epochs } = benchOptions({ sizes: [1000, 10_000, 50_000], epochs: 3 })

async function train(project: string, images: number): Promise<Measured> {
  const args = ['--input-size', String(pixels), '--epochs', String(epochs)]
  const { value, seconds } = await thaw<TrainResult>('train', project, ...args)
  return { ...value, images, wallSeconds: seconds }
}

/** What depends on the images: without the start of the engine and the reading of weights. */
function work({ seconds }: Measured): number {
  return seconds.features + seconds.training + seconds.evaluation
}

function tableRow(name: string, measured: Measured): string {
  const { seconds, images, wallSeconds, peakRssBytes } = measured
  const perThousand = (value: number): string => `${((value * 1000) / images).toFixed(2)}`
  const mebibytes = peakRssBytes / 2 ** 20
  const cells = [
    name,
    `${seconds.features.toFixed(1)} (${perThousand(seconds.features)})`,
    `${seconds.training.toFixed(1)} (${perThousand(seconds.training)})`,
    `${seconds.total.toFixed(1)} (${perThousand(seconds.total)})`,
    wallSeconds.toFixed(1),
    `${mebibytes.toFixed(0)} (${perThousand(mebibytes)})`,
  ]
  return cells.map((cell) => cell.padStart(18)).join('')
}

await withTemporaryFolder(async (folder) => {
  const home = join(folder, 'home')
  process.env.THAW_HOME = home
  await mkdir(home)
  const budgets = join(home, 'storage.json')
  console.log('Seconds and MiB; in parentheses for 1,000 images each.')
  console.log(
    ['images', 'features', 'training', 'total', 'whole command', 'peak MiB']
      .map((title) => title.padStart(18))
      .join(''),
  )
  const all: Measured[] = []
  const ordered = sizes.toSorted((a, b) => a - b)
  const largest = ordered.at(-1) ?? 0
  const budgetBytes = Math.floor(largest * recordBytes * budgetShare)
  const limited: Measured[] = []
  for (const images of ordered) {
    const project = join(folder, `${images}.thaw`)
    await thaw('sample', project, '--images', String(images), '--size', String(pixels))
    const measured = await train(project, images)
    all.push(measured)
    console.log(tableRow(String(images), measured))
    if (images === ordered[0] || images === largest) {
      await writeFile(budgets, JSON.stringify({ memoryBudgetBytes: budgetBytes, diskBudgetBytes: null }))
      const again = await train(project, images)
      await rm(budgets)
      limited.push(again)
      console.log(tableRow(`${images}, again`, again))
    }
    await rm(project, { recursive: true })
  }
  console.log(
    `'again': cached features, of which ${(budgetBytes / 2 ** 20).toFixed(1)} MiB have a place in memory, a quarter of the largest number's`,
  )

  const [base] = all
  const top = all.at(-1)
  const [smallest, biggest] = limited
  if (!base || !top || !smallest || !biggest) return
  const growth = work(top) / top.images / (work(base) / base.images)
  report(
    `time for an image, ${top.images} against ${base.images}`,
    `${growth.toFixed(2)} times`,
    `<= ${growthBound}`,
    growth <= growthBound,
  )
  const between = (from: Measured, to: Measured): number =>
    (work(to) - work(from)) / (to.images - from.images)
  const middle = all.at(-2)
  if (middle && middle !== base) {
    // What is paid once, whatever the number, is in neither.
    const marginal = between(middle, top) / between(base, middle)
    report(
      `time for a further image, above ${middle.images} against below`,
      `${marginal.toFixed(2)} times`,
      `<= ${growthBound}`,
      marginal <= growthBound,
    )
  }
  const inMebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
  const listBytes = (biggest.images - smallest.images) * listBytesOfImage
  const limit = smallest.peakRssBytes + budgetBytes + listBytes + slackBytes
  report(
    `peak at ${biggest.images}, again: at ${smallest.images}, budget, 1 KiB each, 64 MiB`,
    inMebibytes(biggest.peakRssBytes),
    `<= ${inMebibytes(limit)}`,
    biggest.peakRssBytes <= limit,
  )
})

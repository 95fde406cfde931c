/**
 * The main job on drawn pictures in well under a minute: what each step costs, and that the native engine does it.
 *
 *     node bench/short/main-job.ts
 */
import { join } from 'node:path'
import { report, thaw, withTemporaryFolder } from '../thaw.ts'

interface TrainResult {
  engine: string
  test: { accuracy: number; support: number }
  seconds: { features: number; training: number; evaluation: number; total: number }
}

const images = 400

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const project = join(folder, 'short.thaw')
  const sample = await thaw('sample', project, '--images', String(images), '--classes', '4', '--size', '256')
  console.log(`sample: ${images} pictures drawn and imported in ${sample.seconds.toFixed(1)} s`)
  const first = await thaw<TrainResult>('train', project, '--epochs', '10')
  const { features, training } = first.value.seconds
  console.log(
    `train: ${first.seconds.toFixed(1)} s; features ${(images / features).toFixed(0)} images a second, ` +
      `10 epochs of the head ${training.toFixed(2)} s`,
  )
  const second = await thaw<TrainResult>('train', project, '--epochs', '10', '--seed', '1')
  const ratio = first.seconds / second.seconds
  report('engine', first.value.engine, 'native', first.value.engine === 'native')
  report(
    'test accuracy on drawn pictures',
    first.value.test.accuracy.toFixed(3),
    '>= 0.6',
    first.value.test.accuracy >= 0.6,
  )
  report('a second run, from cached features', `${ratio.toFixed(1)} times faster`, '>= 1.5', ratio >= 1.5)
})

/**
 * What a person gets with one click and no settings, on pictures that were never in training.
 *
 *     node bench/accuracy.ts
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { report, sharedData, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  test: { accuracy: number; support: number }
}

if (!existsSync(sharedData)) {
  console.log(`skipped: there are no pictures at ${sharedData}`)
  process.exit(0)
}

await withTemporaryFolder(async (folder) => {
  const project = join(folder, 'flowers17.thaw')
  await thaw('init', project)
  await thaw('import', project, join(sharedData, 'flowers17'))
  const accuracies: number[] = []
  for (const seed of ['0', '1', '2']) {
    await thaw('split', project, '--seed', seed)
    const { value, seconds } = await thaw<TrainResult>('train', project, '--seed', seed)
    console.log(
      `flowers17, split ${seed}: test accuracy ${value.test.accuracy.toFixed(4)} of ${value.test.support}, ${seconds.toFixed(1)} s`,
    )
    accuracies.push(value.test.accuracy)
  }
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length
  report('flowers17: mean test accuracy of three splits', mean.toFixed(4), '>= 0.925', mean >= 0.925)
})

await withTemporaryFolder(async (folder) => {
  const project = join(folder, 'cifar10.thaw')
  await thaw('init', project)
  await thaw('import', project, join(sharedData, 'cifar10_subset'), '--split-from', 'folder')
  const { value, seconds } = await thaw<TrainResult>('train', project)
  console.log(`cifar10_subset: ${seconds.toFixed(1)} s, ${value.test.support} test images`)
  const accuracy = value.test.accuracy
  report('cifar10_subset: test accuracy', accuracy.toFixed(4), '>= 0.72', accuracy >= 0.72)
})

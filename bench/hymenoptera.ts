/**
 * The main job against the script of the field: same pictures, same backbone, ten epochs, in one run.
 *
 *     node bench/hymenoptera.ts
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { peerPython, peerScript } from './peers.ts'
import { report, runCommand, sharedData, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  engine: string
  epochs: { valAccuracy: number }[]
  seconds: { features: number; training: number; evaluation: number; total: number }
}
interface PeerResult {
  validationAccuracy: number
  seconds: number
}

const source = join(sharedData, 'hymenoptera')
if (!existsSync(source)) {
  console.log(`skipped: there are no pictures at ${source}`)
  process.exit(0)
}

await withTemporaryFolder(async (folder) => {
  const project = join(folder, 'bench.thaw')
  const init = await thaw('init', project)
  const imported = await thaw<{ imported: number }>('import', project, source, '--split-from', 'folder')
  const train = await thaw<TrainResult>('train', project, '--epochs', '10')
  const accuracy = train.value.epochs.at(-1)?.valAccuracy ?? 0
  const ours = init.seconds + imported.seconds + train.seconds
  console.log(
    `thaw: ${imported.value.imported} images; init ${init.seconds.toFixed(2)} s, import ${imported.seconds.toFixed(2)} s, ` +
      `train ${train.seconds.toFixed(2)} s (features ${train.value.seconds.features.toFixed(2)}, head ${train.value.seconds.training.toFixed(2)}), ` +
      `engine ${train.value.engine}`,
  )
  report('hymenoptera: validation accuracy after 10 epochs', accuracy.toFixed(4), '>= 0.93', accuracy >= 0.93)

  const python = await peerPython()
  if (!python) return
  const peer = await runCommand(python, [peerScript('frozen-backbone.py'), source, '10', '0'], { echo: true })
  const result = JSON.parse(peer.value.trim().split('\n').at(-1) ?? '{}') as PeerResult
  console.log(
    `PyTorch: validation accuracy ${result.validationAccuracy.toFixed(4)}, ${peer.seconds.toFixed(1)} s end to end`,
  )
  const trainRatio = peer.seconds / train.seconds
  const wholeRatio = peer.seconds / ours
  report(
    'hymenoptera: train against the script',
    `${trainRatio.toFixed(1)} times faster`,
    '>= 8',
    trainRatio >= 8,
  )
  report(
    'hymenoptera: init, import and train against the script',
    `${wholeRatio.toFixed(1)} times faster`,
    '>= 8',
    wholeRatio >= 8,
  )
})

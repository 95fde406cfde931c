/**
 * The recipe of the texts, a dense head on frozen VGG16, against their Keras script: same pictures, same (random) weights, same head, Adam
 * 1e-3, batches of 32, whole processes.
 *
 *     node bench/vgg16-head.ts [--epochs 10] [--per-class PICTURES]
 */
import { join } from 'node:path'
import { hymenopteraPictures, requireHymenoptera } from './hymenoptera-folder.ts'
import { benchOptions } from './options.ts'
import { peerPython, peerScript } from './peers.ts'
import { lastLine, report, runCommand, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  engine: string
  epochs: { valAccuracy: number }[]
  seconds: { features: number; training: number; evaluation: number; total: number }
  peakRssBytes: number
}
interface PeerResult {
  validationAccuracy: number
  package: string
}

const bound = 4.5
const { epochs, 'per-class': perClass } = benchOptions({ epochs: 10, 'per-class': 1000 })
requireHymenoptera()
const python = await peerPython()
if (!python) {
  console.log('skipped: the weights of both sides are made by Keras, which is not there')
  process.exit(0)
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const pictures = await hymenopteraPictures(folder, perClass)
  const weights = join(folder, 'vgg16.weights.h5')
  await runCommand(python, [peerScript('vgg16-head.py'), 'save', weights])
  await thaw('backbones', 'add', weights, '--as', 'vgg16')
  const project = join(folder, 'bench.thaw')
  await thaw('init', project)
  await thaw('import', project, pictures, '--split-from', 'folder')

  const args = ['--recipe', 'vgg16-feature-extraction', '--epochs', String(epochs)]
  const train = await thaw<TrainResult>('train', project, ...args)
  const { seconds, engine, peakRssBytes } = train.value
  console.log(
    `thaw: validation accuracy ${(train.value.epochs.at(-1)?.valAccuracy ?? NaN).toFixed(4)}, ${train.seconds.toFixed(1)} s ` +
      `(features ${seconds.features.toFixed(1)}, head ${seconds.training.toFixed(1)}), ${(peakRssBytes / 2 ** 30).toFixed(1)} GiB, engine ${engine}`,
  )
  const peerArgs = [peerScript('vgg16-head.py'), 'train', pictures, weights, String(epochs), '0']
  const peer = await runCommand(python, peerArgs)
  const result = JSON.parse(lastLine(peer.value)) as PeerResult
  console.log(
    `${result.package}: validation accuracy ${result.validationAccuracy.toFixed(4)}, ${peer.seconds.toFixed(1)} s`,
  )
  const ratio = peer.seconds / train.seconds
  const name = `VGG16 frozen, dense head, ${epochs} epochs: against Keras`
  report(name, `${ratio.toFixed(1)} times faster`, `>= ${bound}`, ratio >= bound)
})

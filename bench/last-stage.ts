/**
 * ResNet18 with all but its last stage and its head frozen, against PyTorch with `requires_grad = False` on the same layers: same pictures,
 * same (random) weights, Adam (head 1e-3, last stage 1e-4), batches of 32, whole processes.
 *
 *     node bench/last-stage.ts [--epochs 10] [--per-class PICTURES]
 */
import { join } from 'node:path'
import { hymenopteraPictures, requireHymenoptera } from './hymenoptera-folder.ts'
import { benchOptions } from './options.ts'
import { peerPython, peerScript } from './peers.ts'
import { lastLine, report, runCommand, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  engine: string
  epochs: { valAccuracy: number }[]
  trainableParameters: number
  seconds: { features: number; training: number; evaluation: number; total: number }
}
interface PeerResult {
  validationAccuracy: number
  package: string
}

const bound = 3
const lastFrozen = 'layer3.1.relu'
const { epochs, 'per-class': perClass } = benchOptions({ epochs: 10, 'per-class': 1000 })
requireHymenoptera()
const python = await peerPython()
if (!python) {
  console.log('skipped: the weights of both sides are made by PyTorch, which is not there')
  process.exit(0)
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const pictures = await hymenopteraPictures(folder, perClass)
  const weights = join(folder, 'resnet18.pth')
  await runCommand(python, [peerScript('last-stage.py'), 'save', weights])
  await thaw('backbones', 'add', weights, '--as', 'resnet18')
  const project = join(folder, 'bench.thaw')
  await thaw('init', project)
  await thaw('import', project, pictures, '--split-from', 'folder')

  const layers = ['--backbone', 'resnet18', '--freeze-until', lastFrozen]
  const rates = ['--optimizer', 'adam', '--lr', '1e-3', '--lr-backbone', '1e-4']
  const passes = ['--epochs', String(epochs), '--batch-size', '32']
  const train = await thaw<TrainResult>('train', project, ...layers, ...rates, ...passes)
  const { seconds, engine, trainableParameters } = train.value
  console.log(
    `thaw: validation accuracy ${(train.value.epochs.at(-1)?.valAccuracy ?? NaN).toFixed(4)}, ${train.seconds.toFixed(1)} s ` +
      `(features ${seconds.features.toFixed(1)}, training ${seconds.training.toFixed(1)}), ${trainableParameters} parameters trained, engine ${engine}`,
  )
  const peerArgs = [peerScript('last-stage.py'), 'train', pictures, weights, String(epochs), '0']
  const peer = await runCommand(python, peerArgs)
  const result = JSON.parse(lastLine(peer.value)) as PeerResult
  console.log(
    `${result.package}: validation accuracy ${result.validationAccuracy.toFixed(4)}, ${peer.seconds.toFixed(1)} s`,
  )
  const ratio = peer.seconds / train.seconds
  const name = `ResNet18, last stage trained, ${epochs} epochs: against PyTorch`
  report(name, `${ratio.toFixed(1)} times faster`, `>= ${bound}`, ratio >= bound)
})

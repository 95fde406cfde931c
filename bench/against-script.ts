import { join } from 'node:path'
import { hymenopteraPictures, requireHymenoptera } from './hymenoptera-folder.ts'
import { benchOptions } from './options.ts'
import { peerPython, peerScript } from './peers.ts'
import { lastLine, report, runCommand, thaw, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  engine: string
  epochs: { valAccuracy: number }[]
  trainableParameters: number
  seconds: { features: number; training: number }
  peakRssBytes: number
}
interface PeerResult {
  validationAccuracy: number
  package: string
}

/** A training that people would write a script for. */
export interface ScriptedTraining {
  readonly name: string
  /** In peers/: `save FILE` writes random weights, `train PICTURES FILE EPOCHS SEED` trains with them and prints one JSON line. */
  readonly script: string
  /** The script's package, for messages. */
  readonly package: string
  /** What it saves, and the id it is added as. */
  readonly weightsFile: string
  readonly backbone: string
  /** Of `thaw train`, apart from the epochs. */
  readonly trainArguments: readonly string[]
  /** At least so many times as fast. */
  readonly bound: number
}

/**
 * `thaw train` against a script, on hymenoptera with the same random weights; whole processes. The command line's options are
 * `--epochs 10` and `--per-class PICTURES`.
 */
export async function raceAgainstScript(training: ScriptedTraining): Promise<void> {
  const { epochs, 'per-class': perClass } = benchOptions({ epochs: 10, 'per-class': 1000 })
  requireHymenoptera()
  const python = await peerPython()
  if (!python) {
    console.log(`skipped: the weights of both sides are made by ${training.package}, which is not there`)
    process.exit(0)
  }
  const script = peerScript(training.script)

  await withTemporaryFolder(async (folder) => {
    process.env.THAW_HOME = join(folder, 'home')
    const pictures = await hymenopteraPictures(folder, perClass)
    const weights = join(folder, training.weightsFile)
    await runCommand(python, [script, 'save', weights])
    await thaw('backbones', 'add', weights, '--as', training.backbone)
    const project = join(folder, 'bench.thaw')
    await thaw('init', project)
    await thaw('import', project, pictures, '--split-from', 'folder')

    const options = [...training.trainArguments, '--epochs', String(epochs)]
    const train = await thaw<TrainResult>('train', project, ...options)
    const { seconds, engine, trainableParameters, peakRssBytes } = train.value
    console.log(
      `thaw: validation accuracy ${(train.value.epochs.at(-1)?.valAccuracy ?? NaN).toFixed(4)}, ${train.seconds.toFixed(1)} s ` +
        `(features ${seconds.features.toFixed(1)}, training ${seconds.training.toFixed(1)}), ${trainableParameters} parameters trained, ` +
        `${(peakRssBytes / 2 ** 30).toFixed(1)} GiB, engine ${engine}`,
    )
    const peer = await runCommand(python, [script, 'train', pictures, weights, String(epochs), '0'])
    const result = JSON.parse(lastLine(peer.value)) as PeerResult
    console.log(
      `${result.package}: validation accuracy ${result.validationAccuracy.toFixed(4)}, ${peer.seconds.toFixed(1)} s`,
    )
    const ratio = peer.seconds / train.seconds
    const { name, bound } = training
    const title = `${name}, ${epochs} epochs: against ${training.package}`
    report(title, `${ratio.toFixed(1)} times faster`, `>= ${bound}`, ratio >= bound)
  })
}

/**
 * What `thaw estimate` tells against what `thaw train` then takes: time in all and the training process's largest memory, for a frozen
 * network, a partly frozen one, and one that is trained from nothing on small images.
 *
 *     node bench/estimate.ts [--frozen-epochs 10] [--tuned-epochs 3] [--scratch-epochs 3] [--per-class PICTURES]
 */
import { join } from 'node:path'
import { hymenopteraPictures, requireHymenoptera } from './hymenoptera-folder.ts'
import { benchOptions } from './options.ts'
import { report, thaw, withTemporaryFolder } from './thaw.ts'

interface Cost {
  seconds: { features: number; training: number; evaluation: number; total: number }
  peakRssBytes: number
}
interface Layers {
  layers: { parameters: number }[]
}

const tolerance = 0.25
const options = benchOptions({
  'frozen-epochs': 10,
  'tuned-epochs': 3,
  'scratch-epochs': 3,
  'per-class': 1000,
})
requireHymenoptera()

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const pictures = await hymenopteraPictures(folder, options['per-class'])
  const { value: backbone } = await thaw<Layers>('backbones', 'show', 'efficientnet-lite0')
  const withParameters = backbone.layers.filter(({ parameters }) => parameters > 0).length
  const frozen = Math.floor((withParameters * 2) / 3)
  const plans: [name: string, args: string[]][] = [
    ['frozen, nothing cached', ['--epochs', String(options['frozen-epochs'])]],
    [
      'last third tuned',
      ['--mode', 'fine-tune', '--freeze-first', String(frozen), '--epochs', String(options['tuned-epochs'])],
    ],
    [
      'from scratch at 64',
      ['--mode', 'scratch', '--input-size', '64', '--epochs', String(options['scratch-epochs'])],
    ],
  ]
  for (const [index, [name, args]] of plans.entries()) {
    // A project of its own, so that nothing is cached but what the estimate computed.
    const project = join(folder, `${index}.thaw`)
    await thaw('init', project)
    await thaw('import', project, pictures, '--split-from', 'folder')
    const estimate = await thaw<Cost>('estimate', project, ...args)
    const { value: actual } = await thaw<Cost>('train', project, ...args)
    console.log(`${name}: estimated in ${estimate.seconds.toFixed(1)} s (the whole command)`)
    const parts = ['features', 'training', 'evaluation'] as const
    const told = parts.map(
      (part) => `${part} ${estimate.value.seconds[part].toFixed(1)} for ${actual.seconds[part].toFixed(1)} s`,
    )
    console.log(`  ${told.join(', ')}`)
    compare(
      `${name}: estimated seconds by real ones`,
      estimate.value.seconds.total,
      actual.seconds.total,
      (seconds) => `${seconds.toFixed(1)} s`,
    )
    compare(
      `${name}: estimated memory by real`,
      estimate.value.peakRssBytes,
      actual.peakRssBytes,
      (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`,
    )
  }
})

function compare(name: string, estimated: number, actual: number, show: (value: number) => string): void {
  const ratio = estimated / actual
  report(
    name,
    `${ratio.toFixed(2)} (${show(estimated)}, ${show(actual)})`,
    `${1 - tolerance} to ${1 + tolerance}`,
    Math.abs(ratio - 1) <= tolerance,
  )
}

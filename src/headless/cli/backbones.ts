import { InvalidArgumentError, Option } from 'commander'
import type { EventPayload } from '../../contract/events.ts'
import {
  ownBackboneIdOf,
  ownBackboneIdSchema,
  preprocessingNames,
  type PreprocessingName,
} from '../../contract/own-backbone.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import type { Core } from '../../core/create-core.ts'
import { defineClassify } from './backbones-classify.ts'
import type { CliCommand } from './command.ts'
import { InterruptedError, UsageError } from './errors.ts'
import { formatBytes, formatInteger } from './format.ts'
import { choiceOption, jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withCore } from './session.ts'
import { formatTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export const backbonesCommand: CliCommand = {
  define(parent, run) {
    const backbones = parent
      .command('backbones')
      .description('list the backbones; add and download install weights, show lists layers')
      .addOption(jsonOption())
      .action(
        run(async (terminal) => {
          const { backbones: list } = await withCore(({ core }) => core.request('backbones.list', {}))
          terminal.answer({ backbones: list }, () =>
            formatTable(
              [
                { title: 'Id' },
                { title: 'Family' },
                { title: 'Input', align: 'right' },
                { title: 'Parameters', align: 'right' },
                { title: 'Layers', align: 'right' },
                { title: 'Installed' },
                { title: 'Licence' },
                { title: 'Source' },
              ],
              list.map((backbone) => [
                backbone.id,
                backbone.family,
                String(backbone.inputSize),
                formatInteger(backbone.parameters),
                String(backbone.layers),
                backbone.installed ? 'yes' : 'no',
                backbone.licence,
                backbone.source,
              ]),
            ),
          )
        }),
      )
    backbones
      .command('add')
      .description(
        'install pretrained weights from a file, checked before use; a model of your own becomes a backbone',
      )
      .argument(
        '<file>',
        'Keras (.h5, .keras), PyTorch (.pth), .safetensors, or the model.json of TensorFlow.js',
      )
      .addOption(
        new Option('--as <id>', 'the backbone whose weights they are, as `thaw backbones` lists it')
          .argParser(nonEmptyText)
          .conflicts(['id', 'preprocessing', 'featureLayer']),
      )
      .option('--id <name>', "the id of a model of your own; default: as the file's folder is named", ownId)
      .addOption(
        choiceOption(
          '--preprocessing <name>',
          'how images are prepared for it: tf (-1 to 1), torch, caffe, rescale (0 to 1), none (0 to 255); default: tf',
          preprocessingNames,
        ),
      )
      .option(
        '--feature-layer <name>',
        'the layer of it whose value the features are; default: what its last dense layer takes',
        nonEmptyText,
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, file: string, options: AddOptions) => {
          const { as, ...model } = options
          if (as === undefined && !file.toLowerCase().endsWith('.json')) {
            throw new UsageError(
              'Name the backbone whose weights they are with --as ID; only a TensorFlow.js layers model (model.json) becomes a backbone of its own.',
            )
          }
          const id = as ?? model.id ?? ownBackboneIdOf(absolutePath(file))
          const path = absolutePath(file)
          await withCore(async ({ core, interruption }) => {
            showProgress(core, terminal)
            interruption.handle(() => void core.request('backbones.cancelAdd', { id }))
            const refuse = (error: unknown): never => {
              throw interruption.requested ? interrupted('add the file') : error
            }
            if (as !== undefined) {
              const added = await core.request('backbones.add', { id: as, file: path }).catch(refuse)
              terminal.progress(null)
              return terminal.answer(added, () => describeAdded(added))
            }
            const { id: named, preprocessing, featureLayer } = model
            const added = await core
              .request('backbones.addModel', { file: path, id: named, preprocessing, featureLayer })
              .catch(refuse)
            terminal.progress(null)
            terminal.answer(added, () => describeModel(added))
          })
        }),
      )
    backbones
      .command('download')
      .description('fetch pretrained weights from their publisher, check their hash, and install them')
      .argument('<id>', 'its id, as `thaw backbones` lists it')
      .option(
        '--source <name>',
        'keras, torchvision, timm, or the name of a file at its publisher (default: the first there is)',
        nonEmptyText,
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, id: string, { source }: { source?: string }) => {
          const downloaded = await withCore(async ({ core, interruption }) => {
            showProgress(core, terminal)
            interruption.handle(() => void core.request('backbones.cancelDownload', { id }))
            return core
              .request('backbones.download', { id, ...(source ? { source } : {}) })
              .catch((error: unknown) => {
                throw interruption.requested ? interrupted('go on with the download') : error
              })
          })
          terminal.progress(null)
          terminal.answer(downloaded, () => `Downloaded ${downloaded.address}\n${describeAdded(downloaded)}`)
        }),
      )
    defineClassify(backbones, run)
    backbones
      .command('remove')
      .description('delete the weights that were added for a backbone; a model of your own whole')
      .argument('<id>', 'its id, as `thaw backbones` lists it')
      .addOption(jsonOption())
      .action(
        run(async (terminal, id: string) => {
          const { freedBytes } = await withCore(({ core }) => core.request('backbones.remove', { id }))
          terminal.answer({ id, freedBytes }, () => `Removed ${formatBytes(freedBytes)} of weights of ${id}`)
        }),
      )
    backbones
      .command('show')
      .description('list the layers of a backbone in order')
      .argument('<id>', 'its id, as `thaw backbones` lists it')
      .addOption(jsonOption())
      .action(
        run(async (terminal, id: string) => {
          const backbone = await withCore(({ core }) => core.request('backbones.show', { id }))
          terminal.answer(backbone, () =>
            formatTable(
              [
                { title: '#', align: 'right' },
                { title: 'Layer' },
                { title: 'Type' },
                { title: 'Output' },
                { title: 'Parameters', align: 'right' },
                { title: 'Block' },
              ],
              backbone.layers.map((layer) => [
                String(layer.index),
                layer.name,
                layer.type,
                layer.outputShape.join('x'),
                layer.parameters === 0 ? '' : formatInteger(layer.parameters),
                layer.block,
              ]),
            ),
          )
        }),
      )
  },
}

const progressLabels = { downloading: 'Downloading weights', adding: 'Reading weights' }

function showProgress(core: Core, terminal: Terminal): void {
  core.subscribe((name, payload) => {
    if (name !== 'backbones.progress') return
    const { step, done, total, bytesPerSecond, secondsLeft } = payload as EventPayload<'backbones.progress'>
    terminal.progress({
      label: progressLabels[step],
      done: Math.round(done / 1e6),
      total: Math.round(total / 1e6),
      ratePerSecond: bytesPerSecond === null ? null : bytesPerSecond / 1e6,
      secondsLeft,
      unit: 'MB',
    })
  })
}

interface AddOptions {
  as?: string
  id?: string
  preprocessing?: PreprocessingName
  featureLayer?: string
  json?: boolean
}

function ownId(text: string): string {
  const parsed = ownBackboneIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(`an id ${parsed.error.issues[0]?.message}`)
}

const shownDropped = 10

function interrupted(again: string): InterruptedError {
  return new InterruptedError(
    `Interrupted; the weights installed before are as they were. Repeat the command to ${again}.`,
  )
}

function describeModel(added: RequestOutput<'backbones.addModel'>): string {
  const { id, layers, inputSize, fixedSize, featureLayer, featureShape, preprocessing } = added
  const { channels, mean, standardDeviation } = preprocessing
  const size = `${inputSize}x${inputSize}`
  return [
    `Added ${id}: ${formatInteger(layers)} layers, for images of ${fixedSize ? size : `any size (${size} by default)`}`,
    `Features: ${featureLayer} [${featureShape.join(', ')}]`,
    `Images: ${channels}, less ${mean.join(', ')}, divided by ${standardDeviation.join(', ')}`,
    describeAdded(added),
  ].join('\n')
}

function describeAdded(added: RequestOutput<'backbones.add'>): string {
  const { id, sha256, tensors, layersMatched, hasClassifier, dropped } = added
  const lines = [
    `Installed ${formatInteger(tensors)} tensors of ${formatInteger(layersMatched)} layers as the weights of ${id}${hasClassifier ? ', and its classifier of ImageNet' : ''}`,
    `SHA-256 ${sha256}`,
  ]
  if (dropped.length > 0) {
    const more =
      dropped.length > shownDropped ? `, and ${formatInteger(dropped.length - shownDropped)} more` : ''
    lines.push(`Left out, as no layer takes them: ${dropped.slice(0, shownDropped).join(', ')}${more}`)
  }
  return lines.join('\n')
}

import { InvalidArgumentError, Option, type Command } from 'commander'
import { engineIds } from '../../contract/engine-ids.ts'
import { AppError } from '../../contract/errors.ts'
import type { PlanSettings } from '../../contract/recipes.ts'
import {
  classWeightings,
  optimizerNames,
  samplings,
  scheduleNames,
  trainingModes,
  trainPhaseSchema,
  type FreezePlan,
  type TrainPhase,
} from '../../contract/train-plan.ts'
import { UsageError } from './errors.ts'
import { choiceOption, nonEmptyText, realNumber, wholeNumber } from './options.ts'

export interface PlanOptions extends Pick<
  PlanSettings,
  | 'backbone'
  | 'mode'
  | 'head'
  | 'inputSize'
  | 'epochs'
  | 'batchSize'
  | 'accumulation'
  | 'optimizer'
  | 'momentum'
  | 'nesterov'
  | 'weightDecay'
  | 'layerDecay'
  | 'schedule'
  | 'labelSmoothing'
  | 'clipNorm'
  | 'mixup'
  | 'cutmix'
  | 'classWeights'
  | 'sampling'
  | 'augment'
  | 'augmentVariants'
  | 'earlyStopping'
  | 'seed'
  | 'engine'
> {
  freezeUntil?: string
  freezeFirst?: number
  trainableLayers?: string
  lr?: number
  lrBackbone?: number
  warmUp?: number
  scheduleParameter?: Record<string, number>
  phase?: TrainPhase[]
}

/** Where a setting's value was given, for messages. Others have their own name, in kebab-case. */
const flags: Readonly<Record<string, string>> = {
  learningRate: '--lr',
  learningRateBackbone: '--lr-backbone',
  warmUpEpochs: '--warm-up',
  scheduleParameters: '--schedule-parameter',
  phases: '--phase',
  freeze: '--freeze-until',
}

/** Adds an option for each setting of a plan. */
export function addPlanOptions(command: Command): Command {
  const rate = realNumber(0, 100, { excludeMinimum: true })
  return command
    .option('--backbone <id>', 'the pretrained network; default: efficientnet-lite0', nonEmptyText)
    .addOption(choiceOption('--mode <mode>', 'what is trained; default: feature-extraction', trainingModes))
    .addOption(
      new Option('--freeze-until <layer>', 'freeze this layer of the backbone and all before it')
        .argParser(nonEmptyText)
        .conflicts(['trainableLayers', 'freezeFirst', 'phase']),
    )
    .addOption(
      new Option('--freeze-first <number>', 'freeze so many layers of the backbone that have parameters')
        .argParser(wholeNumber(0, 100_000))
        .conflicts(['trainableLayers', 'phase']),
    )
    .addOption(
      new Option('--trainable-layers <glob>', 'train only the layers of the backbone with such names')
        .argParser(nonEmptyText)
        .conflicts('phase'),
    )
    .option(
      '--phase <settings>',
      "a phase of gradual unfreezing, as 'epochs=5,freeze-until=LAYER,lr=1e-4'; repeat it for the next",
      (text: string, before: TrainPhase[] = []) => [...before, readPhase(text)],
    )
    .option(
      '--head <layers>',
      "layers between features and classes, as '512:relu,dropout:0.3'; default: none",
    )
    .option(
      '--input-size <pixels>',
      "height and width of images; default: the backbone's",
      wholeNumber(8, 1024),
    )
    .option('--epochs <number>', 'passes over the training images; default: 10', wholeNumber(1, 10_000))
    .option('--batch-size <number>', 'images of one step; default: 32', wholeNumber(1, 4096))
    .option(
      '--accumulation <batches>',
      'batches to one step of the optimiser; default: 1',
      wholeNumber(1, 1024),
    )
    .addOption(choiceOption('--optimizer <name>', 'default: adam', optimizerNames))
    .option('--lr <rate>', 'learning rate; default: 0.001', rate)
    .option('--lr-backbone <rate>', 'learning rate of thawed layers; default: a tenth of --lr', rate)
    .option(
      '--layer-decay <factor>',
      'on the rate from each block to the one below it; default: 1',
      realNumber(0, 1, { excludeMinimum: true }),
    )
    .option('--momentum <share>', 'of sgd (default: 0.9) and rmsprop (default: 0)', below(1))
    .option('--nesterov', "Nesterov's momentum, of sgd")
    .option('--weight-decay <rate>', 'default: 0.01 for adamw, 0 for the others', realNumber(0, 10))
    .addOption(choiceOption('--schedule <name>', 'how the rate changes; default: constant', scheduleNames))
    .option(
      '--schedule-parameter <name=value>',
      'a number of the schedule; may be repeated',
      (text: string, before: Record<string, number> = {}) => ({ ...before, ...readParameter(text) }),
    )
    .option(
      '--warm-up <epochs>',
      'in which the rate rises from 0, fractions allowed; default: 0',
      realNumber(0, 1000),
    )
    .option('--label-smoothing <share>', 'of the target spread over all classes; default: 0', below(1))
    .option('--clip-norm <norm>', 'largest norm of the gradients; default: 0, no limit', realNumber(0, 1e9))
    .option('--mixup <alpha>', 'blend pairs of images; default: 0, none', realNumber(0, 10))
    .option('--cutmix <alpha>', 'paste parts of images into others; default: 0, none', realNumber(0, 10))
    .option('--augment <list>', "augmentations, as 'flip,crop:4'; default: none")
    .option(
      '--augment-variants <number>',
      'augmented variants of each image; 0: new ones in every epoch; default: 4',
      wholeNumber(0, 100),
    )
    .addOption(choiceOption('--class-weights <how>', 'default: none', classWeightings))
    .addOption(choiceOption('--sampling <how>', 'default: shuffle', samplings))
    .option(
      '--early-stopping <epochs>',
      'stop after so many without progress; default: 0, never',
      wholeNumber(0),
    )
    .option('--seed <number>', 'fixes everything random; default: 0', wholeNumber(0, 0xffffffff))
    .addOption(choiceOption('--engine <engine>', 'what computes; default: auto', ['auto', ...engineIds]))
}

/** The settings that were given, and no others. Thawing layers without naming a mode means fine-tuning: the default mode trains the head alone. */
export function settingsOf(options: PlanOptions): PlanSettings {
  const {
    freezeUntil: _until,
    freezeFirst: _first,
    trainableLayers: _layers,
    lr,
    lrBackbone,
    warmUp,
    scheduleParameter,
    phase,
    ...same
  } = options
  const freeze = freezeOf(options)
  const settings: PlanSettings = {
    ...same,
    mode: options.mode ?? (freeze || phase ? 'fine-tune' : undefined),
    freeze,
    phases: phase,
    epochs: options.epochs ?? phase?.reduce((sum, { epochs }) => sum + epochs, 0),
    learningRate: lr,
    learningRateBackbone: lrBackbone,
    warmUpEpochs: warmUp,
    scheduleParameters: scheduleParameter,
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/** A setting that core refuses is a wrong value of its option. */
export function asUsageError(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  if (error.code === 'recipe-not-found') return new UsageError(`--recipe: ${error.message}`)
  const { setting } = error.details
  if (error.code !== 'plan-invalid' || typeof setting !== 'string') return error
  const flag = flags[setting] ?? `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return new UsageError(`${flag}: ${error.message}`)
}

function freezeOf({ freezeUntil, freezeFirst, trainableLayers }: PlanOptions): FreezePlan | undefined {
  if (freezeUntil !== undefined) return { kind: 'until', layer: freezeUntil }
  if (freezeFirst !== undefined) return { kind: 'first', count: freezeFirst }
  if (trainableLayers !== undefined) return { kind: 'glob', pattern: trainableLayers }
  return undefined
}

/** Reads a number from 0 up to `limit`, which is excluded. */
function below(limit: number) {
  return (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text)
    if (value >= 0 && value < limit) return value
    throw new InvalidArgumentError(`expected a number, 0 up to ${limit}, ${limit} excluded`)
  }
}

function readParameter(text: string): Record<string, number> {
  const [name = '', value = '', ...rest] = text.split('=').map((part) => part.trim())
  const number = value === '' ? NaN : Number(value)
  if (name !== '' && Number.isFinite(number) && rest.length === 0) return { [name]: number }
  throw new InvalidArgumentError("expected name=value, as 'factor=0.5'")
}

const phaseKeys =
  'epochs, lr, lr-backbone, and one of freeze (all, none), freeze-until, freeze-first, trainable-layers'

function readPhase(text: string): TrainPhase {
  const phase: Record<string, unknown> = { freeze: { kind: 'all' } }
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const [, key = part.trim(), value = ''] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    const aspect = /^(freeze|trainable)/.test(key) ? 'freeze' : key
    if (seen.has(aspect))
      throw new InvalidArgumentError(`'${aspect}' is there twice; a phase has each once: ${phaseKeys}`)
    seen.add(aspect)
    if (key === 'epochs') phase.epochs = Number(value)
    else if (key === 'lr') phase.learningRate = Number(value)
    else if (key === 'lr-backbone') phase.learningRateBackbone = Number(value)
    else if (key === 'freeze' && (value === 'all' || value === 'none')) phase.freeze = { kind: value }
    else if (key === 'freeze-until') phase.freeze = { kind: 'until', layer: value }
    else if (key === 'freeze-first') phase.freeze = { kind: 'first', count: Number(value) }
    else if (key === 'trainable-layers') phase.freeze = { kind: 'glob', pattern: value }
    else
      throw new InvalidArgumentError(
        `'${part.trim()}' is not a setting of a phase; expected, with commas between them: ${phaseKeys}`,
      )
  }
  const parsed = trainPhaseSchema.safeParse(phase)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new InvalidArgumentError(
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; a phase has: ${phaseKeys}`,
  )
}

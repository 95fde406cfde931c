import { Option, type Command } from 'commander'
import { AppError } from '../../contract/errors.ts'
import { type Run } from '../../contract/entities.ts'
import {
  classWeightings,
  optimizerNames,
  scheduleNames,
  trainingModes,
  type FreezePlan,
  type TrainPlan,
  type TrainPlanInput,
} from '../../contract/train-plan.ts'
import { engineIds } from '../../contract/engine-ids.ts'
import type { CliCommand } from './command.ts'
import { InterruptedError, JobFailedError, UsageError } from './errors.ts'
import { choiceOption, jsonOption, nonEmptyText, realNumber, wholeNumber } from './options.ts'
import { describeRun, epochsOf, runDocument } from './run-document.ts'
import { showRunProgress } from './run-progress.ts'
import { withProject, type ProjectSession } from './session.ts'
import type { Terminal } from './terminal.ts'

interface TrainOptions {
  backbone?: string
  mode?: TrainPlan['mode']
  freezeUntil?: string
  trainableLayers?: string
  head?: string
  epochs?: number
  batchSize?: number
  optimizer?: TrainPlan['optimizer']
  lr?: number
  lrBackbone?: number
  schedule?: TrainPlan['schedule']
  classWeights?: TrainPlan['classWeights']
  earlyStopping?: number
  seed?: number
  engine?: TrainPlan['engine']
  name?: string
}

export const trainCommand: CliCommand = {
  define(parent, run) {
    addPlanOptions(parent.command('train'))
      .description('train a classifier on the labelled images, evaluate it, and keep it as a run')
      .argument('<project>', 'the project')
      .option('--name <name>', "the run's name", nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: TrainOptions) => {
          const plan = planOf(options)
          await withProject(folder, async (session) => {
            const finished = await train(terminal, session, plan, options.name)
            const { rows } = await session.request('runs.metrics', { runId: finished.id })
            const epochs = epochsOf(rows)
            terminal.answer(runDocument(finished, epochs), () => describeRun(finished))
          })
        }),
      )
  },
}

function addPlanOptions(command: Command): Command {
  const rate = realNumber(0, 100, { excludeMinimum: true })
  return command
    .option('--backbone <id>', 'the pretrained network; default: efficientnet-lite0', nonEmptyText)
    .addOption(choiceOption('--mode <mode>', 'what is trained; default: feature-extraction', trainingModes))
    .addOption(
      new Option('--freeze-until <layer>', 'freeze this layer of the backbone and all before it')
        .argParser(nonEmptyText)
        .conflicts('trainableLayers'),
    )
    .option(
      '--trainable-layers <glob>',
      'train only the layers of the backbone with such names',
      nonEmptyText,
    )
    .option(
      '--head <layers>',
      "layers between features and classes, as '512:relu,dropout:0.3'; default: none",
    )
    .option('--epochs <number>', 'passes over the training images; default: 10', wholeNumber(1, 10_000))
    .option('--batch-size <number>', 'images of one step; default: 32', wholeNumber(1, 4096))
    .addOption(choiceOption('--optimizer <name>', 'default: adam', optimizerNames))
    .option('--lr <rate>', 'learning rate; default: 0.001', rate)
    .option('--lr-backbone <rate>', 'learning rate of thawed layers; default: a tenth of --lr', rate)
    .addOption(choiceOption('--schedule <name>', 'how the rate changes; default: constant', scheduleNames))
    .addOption(choiceOption('--class-weights <how>', 'default: none', classWeightings))
    .option(
      '--early-stopping <epochs>',
      'stop after so many without progress; default: 0, never',
      wholeNumber(0),
    )
    .option('--seed <number>', 'fixes everything random; default: 0', wholeNumber(0, 0xffffffff))
    .addOption(choiceOption('--engine <engine>', 'what computes; default: auto', ['auto', ...engineIds]))
}

/** Thawing layers without naming a mode means fine-tuning: the default mode trains the head alone. */
function planOf(options: TrainOptions): TrainPlanInput {
  const freeze = freezeOf(options)
  return {
    backbone: options.backbone,
    mode: options.mode ?? (freeze ? 'fine-tune' : undefined),
    freeze,
    head: options.head,
    epochs: options.epochs,
    batchSize: options.batchSize,
    optimizer: options.optimizer,
    learningRate: options.lr,
    learningRateBackbone: options.lrBackbone,
    schedule: options.schedule,
    classWeights: options.classWeights,
    earlyStopping: options.earlyStopping,
    seed: options.seed,
    engine: options.engine,
  }
}

function freezeOf(options: TrainOptions): FreezePlan | undefined {
  if (options.freezeUntil !== undefined) return { kind: 'until', layer: options.freezeUntil }
  if (options.trainableLayers !== undefined) return { kind: 'glob', pattern: options.trainableLayers }
  return undefined
}

/** @returns the run once it has ended well. @throws InterruptedError, JobFailedError, AppError */
async function train(
  terminal: Terminal,
  { core, interruption, request }: ProjectSession,
  plan: TrainPlanInput,
  name: string | undefined,
): Promise<Run> {
  showRunProgress(terminal, core)
  const started = await request('runs.start', { plan, name }).catch((error: unknown) => {
    // The value of an option, though only core can read it.
    if (error instanceof AppError && error.code === 'plan-invalid' && 'head' in error.details) {
      throw new UsageError(`--head: ${error.message}`)
    }
    throw error
  })
  for (const notice of started.notices) terminal.note(notice.message)
  const runId = started.run.id
  interruption.handle(() => {
    terminal.note('Stopping after this step; press Ctrl+C again to end at once.')
    request('runs.stop', { runId }).catch((error: unknown) => {
      // It may have ended by itself in this moment.
      if (!(error instanceof AppError && error.code === 'run-not-active')) terminal.note(String(error))
    })
  })
  const run = await request('runs.wait', { runId })
  terminal.progress(null)
  if (interruption.requested) {
    throw new InterruptedError(
      `Interrupted; the run ${run.id} is ${run.status} after ${run.epochsDone} of ${run.plan.epochs} epochs, and its state is stored.`,
    )
  }
  if (run.status === 'failed' || run.status === 'interrupted') {
    throw new JobFailedError(
      `The run ${run.id} is ${run.status}: ${run.error?.message ?? 'no reason was given'}`,
    )
  }
  return run
}

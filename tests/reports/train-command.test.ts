import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../src/contract/train-plan.ts'
import { addPlanOptions, settingsOf, type PlanOptions } from '../../src/headless/cli/plan-options.ts'
import { quoted, trainCommand } from '../../src/reports/train-command.ts'

const plans: Record<string, TrainPlanInput> = {
  'the defaults': {},
  'a head, an input size and an augmentation': {
    head: '512:relu,dropout:0.3',
    inputSize: 96,
    augment: 'flip,crop:4',
    augmentVariants: 0,
  },
  'every number': {
    backbone: 'resnet18',
    mode: 'full',
    epochs: 3,
    batchSize: 7,
    accumulation: 2,
    optimizer: 'sgd',
    momentum: 0.5,
    nesterov: true,
    weightDecay: 0.0005,
    learningRate: 3e-5,
    learningRateBackbone: 1e-7,
    layerDecay: 0.65,
    schedule: 'step',
    scheduleParameters: { steps: 4, factor: 0.3 },
    warmUpEpochs: 0.5,
    labelSmoothing: 0.1,
    clipNorm: 1,
    mixup: 0.2,
    cutmix: 1,
    classWeights: 'balanced',
    sampling: 'balanced',
    earlyStopping: 5,
    seed: 4294967295,
    engine: 'cpu',
  },
  'layers frozen up to one': { mode: 'fine-tune', freeze: { kind: 'until', layer: 'block 5/add' } },
  'the first layers frozen': { mode: 'fine-tune', freeze: { kind: 'first', count: 12 } },
  'a pattern of layers': { mode: 'fine-tune', freeze: { kind: 'glob', pattern: "it's{a,b}*" } },
  phases: {
    mode: 'fine-tune',
    epochs: 6,
    phases: [
      { epochs: 1, freeze: { kind: 'all' } },
      {
        epochs: 2,
        freeze: { kind: 'until', layer: 'top conv' },
        learningRate: 1e-4,
        learningRateBackbone: 1e-5,
      },
      { epochs: 3, freeze: { kind: 'none' } },
    ],
  },
}

/** The words of a command as a POSIX shell parts them. */
function wordsOf(command: string): string[] {
  return [...command.replaceAll('\\\n', ' ').matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\'/g, (_, inner: string | undefined) => inner ?? "'"),
  )
}

function readBack(command: string): { name: string; project: string; plan: unknown } {
  const [program, verb, ...rest] = wordsOf(command)
  expect([program, verb]).toEqual(['thaw', 'train'])
  const parser = addPlanOptions(new Command()).argument('<project>').option('--name <name>').exitOverride()
  parser.parse(rest, { from: 'user' })
  const { name, ...options } = parser.opts<PlanOptions & { name: string }>()
  return { name, project: parser.args[0] ?? '', plan: trainPlanSchema.parse(settingsOf(options)) }
}

describe('the command that repeats a run', () => {
  it.each(Object.entries(plans))('trains the same plan: %s', (_, planned) => {
    const plan = trainPlanSchema.parse(planned)
    const { command, missing } = trainCommand({ plan, name: 'a run' }, 'moths.thaw')
    expect(missing).toEqual([])
    expect(readBack(command)).toEqual({ name: 'a run', project: 'moths.thaw', plan })
  })

  it('reads names as they are, whatever signs they have', () => {
    const plan = trainPlanSchema.parse({})
    const folder = "-it's my $HOME.thaw"
    const { command } = trainCommand({ plan, name: '-rf `x`; "y"' }, folder)
    expect(readBack(command)).toMatchObject({ name: '-rf `x`; "y"', project: `./${folder}` })
    expect(quoted('')).toBe("''")
  })

  it('says a list of layers as a pattern', () => {
    const plan = trainPlanSchema.parse({
      mode: 'fine-tune',
      freeze: { kind: 'layers', trainable: ['a', 'b'] },
    })
    const { command, missing } = trainCommand({ plan, name: 'x' }, 'p.thaw')
    expect(command).toContain('--trainable-layers a,b')
    expect(missing).toEqual([])
  })

  it('reads the plan from a file where no option says a setting, and names it', () => {
    const normalization = { mean: [0, 0, 0], standardDeviation: [1, 1, 1] } as const
    const missingOf = (planned: TrainPlanInput) =>
      trainCommand({ plan: trainPlanSchema.parse(planned), name: 'x' }, 'p.thaw').missing
    expect(
      missingOf({
        normalization: {
          mean: [...normalization.mean],
          standardDeviation: [...normalization.standardDeviation],
        },
      }),
    ).toEqual(['normalization'])
    const plan = trainPlanSchema.parse({ mode: 'full', freeze: { kind: 'all' } })
    expect(trainCommand({ plan, name: 'x' }, 'p.thaw').command).toBe(
      'thaw train p.thaw --name x --plan plan.json',
    )
    expect(missingOf({ mode: 'full', freeze: { kind: 'all' } })).toEqual(['freeze'])
    expect(missingOf({ freeze: { kind: 'all' } })).toEqual([])
    expect(
      missingOf({ epochs: 1, phases: [{ epochs: 1, freeze: { kind: 'layers', trainable: ['a', 'b'] } }] }),
    ).toEqual(['phases'])
  })
})

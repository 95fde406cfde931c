import type { Run } from '../contract/entities.ts'
import { trainPlanSchema, type FreezePlan, type TrainPhase, type TrainPlan } from '../contract/train-plan.ts'

/** A command that trains a plan. */
export interface TrainCommand {
  readonly command: string
  /** Settings that no option says, by their names in a plan: where there are any, the command reads the plan from `planFileName`. */
  readonly missing: readonly string[]
}

/** What a plan is to be saved as that the command reads. */
export const planFileName = 'plan.json'

const usual = trainPlanSchema.parse({})
/** Of a line of a command. */
const mostSigns = 78

/** Named whatever they are, so that other defaults would change nothing of weight. */
const alwaysNamed: readonly (keyof TrainPlan)[] = [
  'backbone',
  'mode',
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'seed',
]

/** Options whose value is the setting itself, in the order of `thaw train --help`. */
const plainOptions: readonly (readonly [keyof TrainPlan, string])[] = [
  ['backbone', '--backbone'],
  ['mode', '--mode'],
  ['head', '--head'],
  ['inputSize', '--input-size'],
  ['epochs', '--epochs'],
  ['batchSize', '--batch-size'],
  ['accumulation', '--accumulation'],
  ['optimizer', '--optimizer'],
  ['learningRate', '--lr'],
  ['learningRateBackbone', '--lr-backbone'],
  ['layerDecay', '--layer-decay'],
  ['momentum', '--momentum'],
  ['weightDecay', '--weight-decay'],
  ['schedule', '--schedule'],
  ['warmUpEpochs', '--warm-up'],
  ['labelSmoothing', '--label-smoothing'],
  ['clipNorm', '--clip-norm'],
  ['mixup', '--mixup'],
  ['cutmix', '--cutmix'],
  ['augment', '--augment'],
  ['augmentVariants', '--augment-variants'],
  ['classWeights', '--class-weights'],
  ['sampling', '--sampling'],
  ['earlyStopping', '--early-stopping'],
  ['seed', '--seed'],
  ['engine', '--engine'],
]

/**
 * The command line that trains a run's plan again, as a POSIX shell reads it.
 *
 * @param folder of the project
 */
export function trainCommand({ plan, name }: Pick<Run, 'plan' | 'name'>, folder: string): TrainCommand {
  const parts: string[] = []
  const missing: string[] = []
  for (const [key, option] of plainOptions) {
    const value = plan[key]
    if (value === undefined || (value === usual[key] && !alwaysNamed.includes(key))) continue
    parts.push(`${option} ${quoted(String(value))}`)
  }
  if (plan.nesterov) parts.push('--nesterov')
  for (const [key, value] of Object.entries(plan.scheduleParameters))
    parts.push(`--schedule-parameter ${quoted(`${key}=${value}`)}`)
  if (plan.normalization !== undefined) missing.push('normalization')
  if (plan.phases.length > 0) {
    const phases = plan.phases.map(phaseOption)
    if (phases.includes(null)) missing.push('phases')
    else parts.push(...phases.map((phase) => `--phase ${quoted(phase ?? '')}`))
  } else if (plan.freeze !== undefined) {
    const option = freezeOption(plan.freeze)
    const isOfMode = plan.freeze.kind === 'all' && plan.mode === 'feature-extraction'
    if (option !== null) parts.push(option)
    else if (!isOfMode) missing.push('freeze')
  }
  // What begins with a hyphen would be taken for an option.
  const project = quoted(folder.startsWith('-') ? `./${folder}` : folder)
  const named = name.startsWith('-') ? `--name=${quoted(name)}` : `--name ${quoted(name)}`
  const options = missing.length === 0 ? parts : [`--plan ${planFileName}`]
  return { command: inLines([`thaw train ${project}`, named, ...options]), missing }
}

/** Options on as many lines as paper needs, none of them torn. */
function inLines(options: readonly string[]): string {
  const lines: string[] = []
  for (const option of options) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + option.length < mostSigns)
      lines[lines.length - 1] = `${last} ${option}`
    else lines.push(option)
  }
  return lines.join(' \\\n  ')
}

/** A word as a POSIX shell reads it. */
export function quoted(word: string): string {
  return /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Null where no option says it. */
function freezeOption(freeze: FreezePlan): string | null {
  switch (freeze.kind) {
    case 'until':
      return `--freeze-until ${quoted(freeze.layer)}`
    case 'first':
      return `--freeze-first ${freeze.count}`
    case 'none':
      return '--freeze-first 0'
    case 'glob':
      return `--trainable-layers ${quoted(freeze.pattern)}`
    case 'layers': {
      const pattern = patternOf(freeze.trainable)
      return pattern === null ? null : `--trainable-layers ${quoted(pattern)}`
    }
    case 'all':
      return null
  }
}

/** The value of `--phase`; null where it cannot say it: commas part its settings. */
function phaseOption({ epochs, freeze, learningRate, learningRateBackbone }: TrainPhase): string | null {
  const frozen = {
    all: () => 'freeze=all',
    none: () => 'freeze=none',
    until: () => freeze.kind === 'until' && `freeze-until=${freeze.layer}`,
    first: () => freeze.kind === 'first' && `freeze-first=${freeze.count}`,
    glob: () => freeze.kind === 'glob' && `trainable-layers=${freeze.pattern}`,
    layers: () => freeze.kind === 'layers' && `trainable-layers=${patternOf(freeze.trainable) ?? ','}`,
  }[freeze.kind]()
  if (frozen === false || frozen.includes(',')) return null
  return [
    `epochs=${epochs}`,
    frozen,
    ...(learningRate === undefined ? [] : [`lr=${learningRate}`]),
    ...(learningRateBackbone === undefined ? [] : [`lr-backbone=${learningRateBackbone}`]),
  ].join(',')
}

/** A glob that stands for just these layers; null where there is none. */
function patternOf(layers: readonly string[]): string | null {
  return layers.length === 0 || layers.some((layer) => /[*?{},]/.test(layer)) ? null : layers.join(',')
}

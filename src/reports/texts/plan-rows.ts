import type { FreezePlan, TrainPlan } from '../../contract/train-plan.ts'
import { optimizerOf } from '../../models/training/optimizers.ts'
import { phasesOf } from '../../models/training/phases.ts'
import { markup, named, sentence, type Markup } from '../page/markup.ts'
import type { ReportWords } from './report-words.ts'

/** A setting by its name. */
export function settingName(key: string, { settings }: ReportWords): string {
  const names: Readonly<Record<string, string>> = { ...settings.furtherNames, ...settings.names }
  return names[key] ?? key
}

/** What stays as published. */
export function freezeText(freeze: FreezePlan | undefined, { settings, number }: ReportWords): Markup {
  const texts = settings.freeze
  if (freeze === undefined) return sentence(texts.mode)
  switch (freeze.kind) {
    case 'until':
      return sentence(texts.until, { layer: named(freeze.layer) })
    case 'glob':
      return sentence(texts.glob, { pattern: named(freeze.pattern) })
    case 'layers':
      return sentence(texts.layers, { count: number(freeze.trainable.length) }, freeze.trainable.length)
    case 'first':
      return sentence(texts.first, { count: number(freeze.count) }, freeze.count)
    case 'all':
    case 'none':
      return sentence(texts[freeze.kind])
  }
}

/** Every setting of a plan by its name, in order. */
export function planRows(
  plan: TrainPlan,
  backbone: { readonly inputSize: number } | null,
  words: ReportWords,
): [string, Markup | string][] {
  return Object.entries(planTexts(plan, backbone, words)).map(([key, value]) => [
    settingName(key, words),
    value,
  ])
}

/** Every setting of a plan in words, with what it means where it is left to its default. */
export function planTexts(
  plan: TrainPlan,
  backbone: { readonly inputSize: number } | null,
  words: ReportWords,
): { [Key in keyof Required<TrainPlan>]: Markup | string } {
  const { text, settings, number, plain, list } = words
  const titles = text.settings
  const size = plan.inputSize ?? backbone?.inputSize
  const yesOrNo = (value: boolean): string => (value ? titles.yes : titles.no)
  const usual = (value: number): Markup => sentence(titles.usual, { value: plain(value) })
  const optimizer = optimizerOf(plan)
  const schedule: Readonly<Record<string, string>> = settings.scheduleParameters
  const augments = plan.augment !== '' && plan.augment !== 'none'
  return {
    backbone: named(plan.backbone),
    mode: settings.modes[plan.mode],
    freeze: freezeText(plan.freeze, words),
    phases:
      plan.phases.length === 0
        ? titles.onePhase
        : markup`${phasesOf(plan).map(
            (phase, index) =>
              markup`${index > 0 ? markup`<br>` : null}${number(index + 1)}: ${settings.names.epochs} ${number(phase.epochs)}; ${settings.names.freeze} ${freezeText(phase.freeze, words)}; ${settings.names.learningRate} ${plain(phase.learningRate)}; ${settings.names.learningRateBackbone} ${plain(phase.learningRateBackbone)}`,
          )}`,
    head: plan.head === '' ? titles.linear : named(plan.head),
    inputSize:
      size === undefined
        ? text.none
        : sentence(plan.inputSize === undefined ? titles.ownInput : titles.pixels, { size: number(size) }),
    normalization:
      plan.normalization === undefined
        ? titles.ownColours
        : sentence(titles.colours, {
            mean: plan.normalization.mean.map(plain).join('; '),
            deviation: plan.normalization.standardDeviation.map(plain).join('; '),
          }),
    epochs: number(plan.epochs),
    batchSize: number(plan.batchSize),
    accumulation: number(plan.accumulation),
    optimizer: settings.optimizers[plan.optimizer],
    momentum: plan.momentum === undefined ? usual(optimizer.momentum) : plain(plan.momentum),
    nesterov: yesOrNo(plan.nesterov),
    weightDecay: plan.weightDecay === undefined ? usual(optimizer.weightDecay) : plain(plan.weightDecay),
    learningRate: plain(plan.learningRate),
    learningRateBackbone: plain(phasesOf({ ...plan, phases: [] })[0]?.learningRateBackbone ?? 0),
    layerDecay: plain(plan.layerDecay),
    schedule: settings.schedules[plan.schedule],
    scheduleParameters:
      Object.keys(plan.scheduleParameters).length === 0
        ? text.compare.default
        : list(
            Object.entries(plan.scheduleParameters).map(
              ([name, value]) => `${schedule[name] ?? name} ${plain(value)}`,
            ),
          ),
    warmUpEpochs: plain(plan.warmUpEpochs),
    labelSmoothing: plain(plan.labelSmoothing),
    clipNorm: plan.clipNorm === 0 ? titles.none : plain(plan.clipNorm),
    mixup: plan.mixup === 0 ? titles.none : plain(plan.mixup),
    cutmix: plan.cutmix === 0 ? titles.none : plain(plan.cutmix),
    classWeights: settings.weightings[plan.classWeights],
    sampling: settings.samplings[plan.sampling],
    augment: augments ? named(plan.augment) : titles.noAugmentation,
    augmentVariants: !augments
      ? text.none
      : plan.augmentVariants === 0
        ? titles.freshVariants
        : sentence(titles.variants, { count: number(plan.augmentVariants) }, plan.augmentVariants),
    earlyStopping:
      plan.earlyStopping === 0
        ? titles.never
        : sentence(titles.patience, { count: number(plan.earlyStopping) }, plan.earlyStopping),
    seed: String(plan.seed),
    engine: settings.engines[plan.engine],
  }
}

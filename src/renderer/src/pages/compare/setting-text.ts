import { i18n } from '../../locales/index.ts'

/** A setting by its name in the interface, where it has one. */
export function settingName(key: string): string {
  const { t, te } = i18n.global
  for (const path of [`runs.run.setting.${key}`, `compare.settings.names.${key}`])
    if (te(path)) return t(path)
  return key
}

const choices: Readonly<Record<string, (value: string) => string>> = {
  mode: (value) => `runs.mode.${value}`,
  optimizer: (value) => `train.settings.optimizers.${value}`,
  schedule: (value) => `train.settings.schedules.${value}.name`,
  classWeights: (value) => `train.settings.weightings.${value}`,
  sampling: (value) => `train.settings.samplings.${value}`,
  engine: (value) => `train.settings.engines.${value}.name`,
  computedBy: (value) => `train.settings.engines.${value}.name`,
}

/** A setting's value in the language that is shown. */
export function settingValue(key: string, value: unknown): string {
  const { t, te, locale } = i18n.global
  if (value === null || value === undefined) return t('compare.settings.default')
  if (typeof value === 'boolean') return t(value ? 'compare.settings.yes' : 'compare.settings.no')
  if (typeof value === 'number')
    return new Intl.NumberFormat(locale.value, {
      maximumSignificantDigits: 4,
      useGrouping: key !== 'seed',
    }).format(value)
  if (typeof value !== 'string') return JSON.stringify(value).replaceAll('"', '')
  if (key === 'head' && value === '') return t('runs.run.headLinear')
  if (value === '') return t('compare.settings.none')
  if (key === 'weights') return value.slice(0, 12)
  const path = choices[key]?.(value)
  return path !== undefined && te(path) ? t(path) : value
}

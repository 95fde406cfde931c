import type { Run, RunGroup } from '../../../../contract/entities.ts'
import { errorCodes } from '../../../../contract/errors.ts'
import { i18n } from '../../locales/index.ts'

/** A step of a ladder in the language that is shown; a step of another recipe by its own name. */
export function stepText(step: string): string {
  const { t, te } = i18n.global
  const key = `groups.steps.${step}`
  return te(key) ? t(key) : step
}

/** What tells a run of a group from the others: its name without the group's. */
export function memberText(run: Pick<Run, 'name'>, group: Pick<RunGroup, 'name' | 'kind'>): string {
  const prefix = `${group.name}: `
  if (!run.name.startsWith(prefix)) return run.name
  const rest = run.name.slice(prefix.length)
  return group.kind === 'ladder' ? stepText(rest) : rest
}

/** Why no more of a group was tried, in the language that is shown; null while it goes on. */
export function whyText({
  stoppedBecause,
  status,
}: Pick<RunGroup, 'stoppedBecause' | 'status'>): string | null {
  const { t, te } = i18n.global
  if (stoppedBecause === null) return status === 'interrupted' ? t('groups.why.interrupted') : null
  const { code, message, details } = stoppedBecause
  const key = `groups.why.${code}`
  if (te(key)) {
    const { step, p } = details
    return t(key, {
      ...details,
      ...(typeof step === 'string' ? { step: stepText(step) } : {}),
      ...(typeof p === 'number' ? { p: probabilityText(p) } : {}),
    })
  }
  return (errorCodes as readonly string[]).includes(code) ? t(`errors.codes.${code}`) : message
}

/** A probability as papers write it: two digits, and no more than `<0.001` of what is smaller. */
export function probabilityText(p: number): string {
  if (p < 0.001) return '<0.001'
  return String(Number(p.toPrecision(2)))
}

/** A setting of a sweep by its name in the interface, where it has one. */
export function settingText(setting: string): string {
  const { t, te } = i18n.global
  for (const key of [`sweep.settings.${setting}`, `runs.run.setting.${setting}`]) if (te(key)) return t(key)
  return setting
}

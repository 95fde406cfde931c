import { useI18n } from 'vue-i18n'
import {
  formatAgo,
  formatBytes,
  formatCompact,
  formatDay,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPlain,
} from '../../../reports/texts/formats.ts'

/** The formats of the language that is shown now. */
export function useFormats() {
  const { locale, t } = useI18n()
  return {
    number: (value: number, fractionDigits = 0) => formatNumber(locale.value, value, fractionDigits),
    percent: (value: number, fractionDigits = 1) => formatPercent(locale.value, value, fractionDigits),
    plain: (value: number) => formatPlain(locale.value, value),
    compact: (value: number) => formatCompact(locale.value, value),
    duration: (seconds: number) => formatDuration(locale.value, seconds),
    bytes: (bytes: number) => formatBytes(locale.value, bytes),
    day: (date: string) => formatDay(locale.value, date),
    ago: (timeMs: number) => formatAgo(locale.value, timeMs, Date.now()) ?? t('app.time.justNow'),
  }
}

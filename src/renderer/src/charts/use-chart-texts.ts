import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useFormats } from '../composables/use-formats.ts'

/** What the values of a chart are. share: 0 to 1, told as a percentage; bytes: told with their unit. */
export type ChartKind = 'number' | 'share' | 'bytes'

/** How a chart tells its values, and places on an axis of epochs or steps, in the language that is shown. */
export function useChartTexts(kind: () => ChartKind) {
  const { locale } = useI18n()
  const formats = useFormats()
  const significant = computed(() => new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 4 }))
  const short = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 2 }))

  function valueText(value: number): string {
    if (kind() === 'share') return formats.percent(value)
    if (kind() === 'bytes') return formats.bytes(value)
    return significant.value.format(value)
  }

  return { valueText, xText: (value: number): string => short.value.format(value) }
}

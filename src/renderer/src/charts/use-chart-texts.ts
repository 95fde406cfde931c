import { useI18n } from 'vue-i18n'
import { numberFormat } from '../../../reports/texts/formats.ts'
import { useFormats } from '../composables/use-formats.ts'

/** What the values of a chart are. share: 0 to 1, told as a percentage; bytes: told with their unit. */
export type ChartKind = 'number' | 'share' | 'bytes'

/** How a chart tells its values, and places on an axis of epochs or steps, in the language that is shown. */
export function useChartTexts(kind: () => ChartKind) {
  const { locale } = useI18n()
  const formats = useFormats()

  function valueText(value: number): string {
    if (kind() === 'share') return formats.percent(value)
    if (kind() === 'bytes') return formats.bytes(value)
    return formats.plain(value)
  }

  function xText(value: number): string {
    return numberFormat(locale.value, { maximumFractionDigits: 2 }).format(value)
  }

  return { valueText, xText }
}

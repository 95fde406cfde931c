import { useI18n } from 'vue-i18n'
import type { HygieneKind } from '../../../../contract/hygiene.ts'
import { useFormats } from '../../composables/use-formats.ts'

/** What an image was found by, and the limit of a kind, in words. */
export function useValueText() {
  const formats = useFormats()
  const { t } = useI18n()

  function format(kind: HygieneKind, value: number): string {
    switch (kind) {
      case 'exact-duplicates':
      case 'near-duplicates':
        return formats.percent(value, Number.isInteger(Math.round(value * 1000) / 10) ? 0 : 1)
      case 'odd-neighbour':
      case 'dark':
      case 'bright':
        return formats.percent(value, 0)
      case 'grey':
        return formats.percent(value, 1)
      case 'blurry':
      case 'tiny':
        return formats.number(value)
      case 'odd-aspect':
        return formats.number(value, Number.isInteger(value) ? 0 : 1)
    }
  }

  return {
    value: (kind: Exclude<HygieneKind, 'exact-duplicates'>, value: number) =>
      t(`hygiene.value.${kind}`, { value: format(kind, value) }),
    limit: format,
  }
}

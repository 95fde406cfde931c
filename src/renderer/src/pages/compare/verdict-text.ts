import type { Pair } from '../../../../contract/comparison.ts'
import { i18n } from '../../locales/index.ts'
import { formatNumber, formatPoints } from '../../../../reports/texts/formats.ts'
import { probabilityText } from '../runs/group-text.ts'

/** As `formatPoints`, in the language that is shown. */
export function pointsText(share: number): string {
  return formatPoints(i18n.global.locale.value, share)
}

/** Whether a run is better than another, in words; the numbers that say so follow. */
export function verdictText(name: string, baseline: string, pair: Pair): string {
  const { t } = i18n.global
  const word = !pair.significant ? 'noise' : pair.difference > 0 ? 'better' : 'worse'
  return t(`compare.verdict.${word}`, { name, baseline })
}

/** The numbers behind a verdict. */
export function evidenceText(pair: Pair): string {
  const { t, locale } = i18n.global
  const [low, high] = pair.interval95
  return t('compare.verdict.evidence', {
    difference: pointsText(pair.difference),
    low: pointsText(low),
    high: pointsText(high),
    images: formatNumber(locale.value, pair.images),
    split: t(`compare.splits.${pair.split}`),
    p: probabilityText(pair.p),
  })
}

import type { ReportLanguage } from '../report-data.ts'
import { report as en } from './en/report.ts'
import { settings as settingsEn } from './en/settings.ts'
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPlain,
  formatPoints,
} from './formats.ts'
import { report as zhCN } from './zh-CN/report.ts'
import { settings as settingsZhCN } from './zh-CN/settings.ts'

/** What a report says in one language, and how that writes numbers. */
export interface ReportWords {
  readonly language: ReportLanguage
  readonly text: typeof en
  readonly settings: typeof settingsEn
  /** A count, or with digits after the point. */
  number(value: number, fractionDigits?: number): string
  /** As `formatPlain`. */
  plain(value: number): string
  percent(value: number, fractionDigits?: number): string
  /** As `formatPoints`. */
  points(share: number): string
  /** Of a test: `p = 0.012`, `p < 0.001`. */
  probability(p: number): string
  duration(seconds: number): string
  bytes(bytes: number): string
  date(timeMs: number): string
  /** Names one after another. */
  list(parts: readonly string[]): string
}

const texts = { en: { report: en, settings: settingsEn }, 'zh-CN': { report: zhCN, settings: settingsZhCN } }

export function reportWords(language: ReportLanguage): ReportWords {
  const { report: text, settings } = texts[language]
  const date = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: language === 'en' ? 'short' : 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZoneName: 'short',
  })
  return {
    language,
    text,
    settings,
    number: (value, fractionDigits = 0) => formatNumber(language, value, fractionDigits),
    plain: (value) => formatPlain(language, value),
    percent: (value, fractionDigits = 1) => formatPercent(language, value, fractionDigits),
    points: (share) => formatPoints(language, share),
    probability: (p) =>
      p < 0.001 ? `p < ${formatNumber(language, 0.001, 3)}` : `p = ${formatNumber(language, p, 3)}`,
    duration: (seconds) => formatDuration(language, seconds),
    bytes: (bytes) => formatBytes(language, bytes),
    date: (timeMs) => date.format(timeMs),
    list: (parts) => parts.join(language === 'zh-CN' ? '、' : ', '),
  }
}

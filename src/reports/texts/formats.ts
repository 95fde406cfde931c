const numberFormats = new Map<string, Intl.NumberFormat>()

/** A format of numbers, made once: to make one takes far longer than to use it, and tables and live pages use hundreds. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  let format = numberFormats.get(key)
  if (format === undefined) numberFormats.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format
}

/** Numbers as people of a locale write them. Pure: a page takes them bound to its locale from `useFormats`. */
export function formatNumber(locale: string, value: number, fractionDigits = 0): string {
  return numberFormat(locale, {
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  }).format(value)
}

/** @param value 0..1 */
export function formatPercent(locale: string, value: number, fractionDigits = 1): string {
  return numberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  }).format(value)
}

/** A share as percentage points with its sign: `+1.3`. */
export function formatPoints(locale: string, share: number): string {
  return numberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  }).format(share * 100)
}

/** Four digits that tell something: rates and the like. */
export function formatPlain(locale: string, value: number): string {
  return numberFormat(locale, { maximumSignificantDigits: 4 }).format(value)
}

/** `12.5M`, `3.2 million` in a locale's short form. */
export function formatCompact(locale: string, value: number): string {
  return numberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 }).format(value)
}

function unit(locale: string, value: number, name: string, fractionDigits = 0): string {
  return numberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: fractionDigits,
  }).format(value)
}

/** The two largest units: `1 hr 5 min`, `3 min 20 sec`, `12 sec`, `0.4 sec`. */
export function formatDuration(locale: string, seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 9.95) return unit(locale, Math.max(0, seconds), 'second', 1)
  const whole = Math.round(seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = whole % 60
  const parts: string[] = []
  if (hours) parts.push(unit(locale, hours, 'hour'))
  if (minutes) parts.push(unit(locale, minutes, 'minute'))
  if (rest && !hours) parts.push(unit(locale, rest, 'second'))
  return parts.join(' ')
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Decimal units, as disks are sold and file managers show. */
export function formatBytes(locale: string, bytes: number): string {
  let value = bytes
  let index = 0
  while (value >= 999.5 && index < byteUnits.length - 1) {
    value /= 1000
    index++
  }
  return unit(locale, value, byteUnits[index] ?? 'byte', value < 9.95 && index > 0 ? 1 : 0)
}

/** `31 Jan 2026`. @param date `2026-01-31` */
export function formatDay(locale: string, date: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(date))
}

/** `3 days ago`; under a minute null, for which the caller has a word. */
export function formatAgo(locale: string, timeMs: number, nowMs: number): string | null {
  const seconds = (nowMs - timeMs) / 1000
  if (seconds < 60) return null
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour')
  if (seconds < 30 * 86_400) return relative.format(-Math.floor(seconds / 86_400), 'day')
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(timeMs)
}

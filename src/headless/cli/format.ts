const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345` */
export function formatInteger(value: number): string {
  return integers.format(value)
}

/** A share of one as `93.5%`. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

/** `0.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** `512 B`, `18.6 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** Local date and time to the minute, `2026-11-23 07:49`. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `1 image`, `2 images` */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatInteger(value)} ${value === 1 ? noun : plural}`
}

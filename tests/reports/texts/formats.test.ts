import { describe, expect, test } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
} from '../../../src/reports/texts/formats.ts'

describe('formats', () => {
  test('numbers and percents', () => {
    expect(formatNumber('en', 1234567)).toBe('1,234,567')
    expect(formatPercent('en', 0.9412)).toBe('94.1%')
    expect(formatPercent('zh-CN', 1, 0)).toBe('100%')
  })

  test('durations in their two largest units', () => {
    expect(formatDuration('en', 0.42)).toBe('0.4 sec')
    expect(formatDuration('en', 59.7)).toBe('1 min')
    expect(formatDuration('en', 200)).toBe('3 min 20 sec')
    expect(formatDuration('en', 3 * 3600 + 65)).toBe('3 hr 1 min')
    expect(formatDuration('zh-CN', 200)).toBe('3分钟 20秒')
    expect(formatDuration('en', Number.POSITIVE_INFINITY)).toBe('–')
  })

  test('bytes in decimal units', () => {
    expect(formatBytes('en', 999)).toBe('999 byte')
    expect(formatBytes('en', 1_500)).toBe('1.5 kB')
    expect(formatBytes('en', 999_600)).toBe('1 MB')
    expect(formatBytes('en', 18_600_000)).toBe('19 MB')
  })

  test('times ago', () => {
    const now = Date.UTC(2026, 10, 23, 12)
    expect(formatAgo('en', now - 20_000, now)).toBeNull()
    expect(formatAgo('en', now - 90 * 60_000, now)).toBe('1 hour ago')
    expect(formatAgo('zh-CN', now - 3 * 86_400_000, now)).toBe('3天前')
    expect(formatAgo('en', now - 200 * 86_400_000, now)).toMatch(/2026/)
  })
})

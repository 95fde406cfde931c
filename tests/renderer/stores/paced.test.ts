import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { paced } from '../../../src/renderer/src/stores/paced.ts'

describe('what is told at a pace', () => {
  let told: string[]
  let tell: (key: string, isUrgent?: boolean) => void

  beforeEach(() => {
    vi.useFakeTimers()
    told = []
    const start = performance.now()
    tell = paced((key) => told.push(`${key} ${Math.round(performance.now() - start)}`), {
      intervalMs: 100,
      urgentMs: 25,
    })
  })
  afterEach(() => vi.useRealTimers())

  test('is told at once, and after the interval where it changed again', () => {
    for (const key of ['a', 'a', 'b', 'a']) tell(key)
    vi.advanceTimersByTime(1000)
    expect(told).toEqual(['a 0', 'b 0', 'a 100'])
    tell('a')
    expect(told.at(-1)).toBe('a 1000')
  })

  test('waits less where it is waited for, and then the whole interval again', () => {
    tell('a')
    vi.advanceTimersByTime(10)
    tell('a', true)
    tell('a', true)
    vi.advanceTimersByTime(40)
    tell('a')
    vi.advanceTimersByTime(1000)
    expect(told).toEqual(['a 0', 'a 25', 'a 125'])
  })

  test('is told at once where the last time is long enough ago', () => {
    tell('a')
    vi.advanceTimersByTime(60)
    tell('a', true)
    vi.advanceTimersByTime(0)
    expect(told).toEqual(['a 0', 'a 60'])
  })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from '../../../src/renderer/src/stores/coalesce.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('a burst is one run, and what was asked while it ran is one more', async () => {
  let started = 0
  let finish: () => void = () => {}
  const ask = coalesce(() => {
    started++
    return new Promise<void>((resolve) => (finish = resolve))
  }, 100)
  ask()
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(0)
  expect(started).toBe(1)
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(1000)
  expect(started).toBe(1)
  finish()
  await vi.advanceTimersByTimeAsync(0)
  expect(started).toBe(2)
  finish()
  await vi.advanceTimersByTimeAsync(1000)
  expect(started).toBe(2)
})

test('keeps the interval between two starts', async () => {
  const starts: number[] = []
  const ask = coalesce(async () => void starts.push(performance.now()), 100)
  ask()
  await vi.advanceTimersByTimeAsync(10)
  ask()
  await vi.advanceTimersByTimeAsync(200)
  expect(starts).toHaveLength(2)
  expect((starts[1] as number) - (starts[0] as number)).toBeGreaterThanOrEqual(100)
})

test('goes on after a failure', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  let runs = 0
  const ask = coalesce(async () => {
    runs++
    throw new Error('no')
  }, 10)
  ask()
  await vi.advanceTimersByTimeAsync(20)
  ask()
  await vi.advanceTimersByTimeAsync(20)
  expect(runs).toBe(2)
})

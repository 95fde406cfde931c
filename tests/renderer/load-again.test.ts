import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadAgain } from '../../src/renderer/src/load-again.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('code whose loading was given up is loaded again, and once only where it comes', async () => {
  const load = vi.fn(() => Promise.resolve('page'))
  load
    .mockRejectedValueOnce(new TypeError('Failed to fetch'))
    .mockRejectedValueOnce(new TypeError('Failed to fetch'))
  const loaded = loadAgain(load)()
  await vi.runAllTimersAsync()
  expect(await loaded).toBe('page')
  expect(load).toHaveBeenCalledTimes(3)
})

it('code that never comes is given up with the reason', async () => {
  const load = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')))
  const loaded = expect(loadAgain(load)()).rejects.toThrow('Failed to fetch')
  await vi.runAllTimersAsync()
  await loaded
  expect(load).toHaveBeenCalledTimes(4)
})

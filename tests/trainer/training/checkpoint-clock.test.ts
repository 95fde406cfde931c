import { expect, it } from 'vitest'
import { createCheckpointClock } from '../../../src/trainer/training/checkpoint-clock.ts'

it('lets checkpoints take at most a tenth of the time, and the first at once', () => {
  let now = 0
  const clock = createCheckpointClock(() => now)
  expect(clock.isDue()).toBe(true)
  clock.measure(() => (now += 20))
  now += 179
  expect(clock.isDue()).toBe(false)
  now += 1
  expect(clock.isDue()).toBe(true)
})

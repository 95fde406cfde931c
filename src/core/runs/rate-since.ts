import type { BackgroundJob } from '../../contract/entities.ts'

/** Before this a rate tells more of the start than of the work. */
const leastSeconds = 0.2

/** How fast work goes on average, and the time left at that rate: null where it cannot be told yet. @param startedAt of `performance.now()` */
export function rateSince(
  startedAt: number,
  done: number,
  total: number,
): Pick<BackgroundJob, 'ratePerSecond' | 'secondsLeft'> {
  const seconds = (performance.now() - startedAt) / 1000
  if (done === 0 || seconds <= leastSeconds) return { ratePerSecond: null, secondsLeft: null }
  const ratePerSecond = done / seconds
  return { ratePerSecond, secondsLeft: (total - done) / ratePerSecond }
}

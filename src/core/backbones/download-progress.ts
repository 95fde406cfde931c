import type { EventPayload } from '../../contract/events.ts'

/** How far a download is, as `backbones.progress` tells it. */
export type DownloadProgress = Pick<
  EventPayload<'backbones.progress'>,
  'done' | 'total' | 'bytesPerSecond' | 'secondsLeft'
>

const windowMs = 5000
const intervalMs = 100

/**
 * Tells how far a download is, not more than ten times a second, at the speed of its last five seconds.
 *
 * @returns takes the bytes that are here and how many there will be, 0: not known
 */
export function downloadProgress(
  tell: (progress: DownloadProgress) => void,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  const samples: { at: number; done: number }[] = []
  let toldAt = -Infinity
  return (done, total) => {
    const at = now()
    if (at - toldAt < intervalMs && done !== total) return
    toldAt = at
    // What began again with less would have a speed below zero.
    if ((samples.at(-1)?.done ?? 0) > done) samples.length = 0
    samples.push({ at, done })
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > windowMs) samples.shift()
    const first = samples[0] ?? { at, done }
    const bytesPerSecond = at > first.at ? ((done - first.done) / (at - first.at)) * 1000 : null
    const secondsLeft = total > 0 && bytesPerSecond ? (total - done) / bytesPerSecond : null
    tell({ done, total, bytesPerSecond, secondsLeft })
  }
}

import { formatDuration, formatInteger } from './format.ts'
import type { OutputStream } from './terminal.ts'

export interface ProgressState {
  /** What is being done, such as 'Computing features'. */
  label: string
  done: number
  total: number
  ratePerSecond: number | null
  secondsLeft: number | null
  /** What is counted, such as 'images'. */
  unit?: string
}

export interface ProgressBar {
  update(state: ProgressState): void
  /** Takes the drawn bar off the screen, so that a line can be printed. */
  clear(): void
  redraw(): void
  /** Forgets the state. */
  end(): void
}

const redrawEveryMs = 80
const lineEveryMs = 5000
/** A command that is over sooner, or fails, leaves no progress in a log. */
const firstLineAfterMs = 2000
const barCells = 24

/** A bar on a terminal; elsewhere a plain line now and then, sooner where something new begins. */
export function createProgressBar(stream: OutputStream, now: () => number = Date.now): ProgressBar {
  const interactive = stream.isTTY === true
  let state: ProgressState | null = null
  let drawn = false
  let lastAt = -Infinity
  let lastLabel = ''

  function clear(): void {
    if (drawn) stream.write('\r\x1b[2K')
    drawn = false
  }
  function draw(): void {
    if (!state || !interactive) return
    // The last column stays free: a full line wraps on some terminals.
    stream.write(`\r\x1b[2K${progressLine(state, true).slice(0, (stream.columns ?? 80) - 1)}`)
    drawn = true
  }

  return {
    update(next) {
      state = next
      const at = now()
      const changed = next.label !== lastLabel
      if (interactive) {
        if (!changed && at - lastAt < redrawEveryMs && next.done < next.total) return
        draw()
      } else {
        if (lastAt === -Infinity) lastAt = at
        if (next.total === 0 || at - lastAt < (changed ? firstLineAfterMs : lineEveryMs)) return
        stream.write(`${progressLine(next, false)}\n`)
      }
      lastAt = at
      lastLabel = next.label
    },
    clear,
    redraw: draw,
    end() {
      clear()
      state = null
    },
  }
}

/** `Reading images  ████████░░░░  1,234/10,000 images  412/s  21 s left` */
export function progressLine(state: ProgressState, withBar: boolean): string {
  const share = state.total > 0 ? Math.min(1, state.done / state.total) : 0
  const parts = [state.label]
  if (withBar) {
    const full = Math.round(share * barCells)
    parts.push('█'.repeat(full) + '░'.repeat(barCells - full))
  }
  if (state.total > 0) {
    const unit = state.unit ? ` ${state.unit}` : ''
    parts.push(`${formatInteger(state.done)}/${formatInteger(state.total)}${unit}`)
  }
  if (state.ratePerSecond !== null && state.ratePerSecond > 0) {
    const rate = state.ratePerSecond
    parts.push(`${rate < 10 ? rate.toFixed(1) : formatInteger(rate)}/s`)
  }
  if (state.secondsLeft !== null && state.done < state.total) {
    parts.push(`${formatDuration(state.secondsLeft)} left`)
  }
  return parts.join('  ')
}

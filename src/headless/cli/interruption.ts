import { InterruptedError } from './errors.ts'

/** What SIGINT and SIGTERM do while a command runs: the first ends it in order, the second at once. */
export interface Interruption {
  readonly requested: boolean
  /** Rejects with InterruptedError at the first signal, unless a handler was there for it. */
  readonly ended: Promise<never>
  /** Takes over the first signal: for work that ends well by itself when asked. */
  handle(handler: (signal: NodeJS.Signals) => void): void
  /** Stops listening. */
  dispose(): void
}

/** @param exit ends the process at once */
export function watchSignals(
  exit: (status: number) => void = (status) => process.exit(status),
): Interruption {
  let requested = false
  let handler: ((signal: NodeJS.Signals) => void) | null = null
  const { promise: ended, reject } = Promise.withResolvers<never>()
  // Nobody may be waiting when the signal comes.
  ended.catch(() => {})

  function onSignal(signal: NodeJS.Signals): void {
    if (requested) return exit(130)
    requested = true
    if (handler) handler(signal)
    else
      reject(
        new InterruptedError('Interrupted; what was done so far is stored, and the command can be repeated.'),
      )
  }
  // In place of the entry's, which ends at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, onSignal)
  }
  return {
    get requested() {
      return requested
    },
    ended,
    handle(next) {
      handler = next
    },
    dispose() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

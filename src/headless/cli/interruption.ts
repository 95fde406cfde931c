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

const exitAtOnce = () => process.exit(130)
/** Until a command watches, nothing is at work that must end in order. */
let receive: (signal: NodeJS.Signals) => void = exitAtOnce

/**
 * Listens from the first line of the program to its last. One listener for all of it: a signal that arrives while modules load is
 * delivered later, and would be lost with a listener that is replaced in between.
 */
export function listenForSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => receive(signal))
}

/** Makes signals this command's. */
export function watchSignals(): Interruption {
  let requested: NodeJS.Signals | null = null
  let handler: ((signal: NodeJS.Signals) => void) | null = null
  const { promise: ended, reject } = Promise.withResolvers<never>()
  // Nobody may be waiting when the signal comes.
  ended.catch(() => {})

  receive = (signal) => {
    if (requested) return exitAtOnce()
    requested = signal
    if (handler) handler(signal)
    else {
      reject(
        new InterruptedError('Interrupted; what was done so far is stored, and the command can be repeated.'),
      )
    }
  }
  return {
    get requested() {
      return requested !== null
    },
    ended,
    handle(next) {
      handler = next
      // It may have come while the work was being prepared.
      if (requested) next(requested)
    },
    dispose() {
      receive = exitAtOnce
    },
  }
}

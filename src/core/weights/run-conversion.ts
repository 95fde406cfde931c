import { AppError, fromErrorPayload } from '../../contract/errors.ts'
import type { LaunchChildProcess } from '../../contract/host.ts'
import type { ConversionCommand, ConversionMessage, ConversionResults } from './conversion-messages.ts'

/** So long a process may work without a word. */
const silenceLimitMs = 120_000

export interface ConversionOptions {
  readonly onProgress?: (done: number, total: number) => void
  /** Ends it with 'cancelled'. */
  readonly signal?: AbortSignal
  readonly limitMs?: number
}

/**
 * Converts a file of weights, or recognizes it, in a process of its own, which is killed where it hangs.
 *
 * @throws AppError 'cancelled', 'weights-invalid' where the process died or gave no answer, and what `convertWeights` and
 *   `recognizeWeights` throw
 */
export function runConversion<Command extends ConversionCommand>(
  launch: LaunchChildProcess,
  command: Command,
  { onProgress, signal, limitMs = silenceLimitMs }: ConversionOptions = {},
): Promise<ConversionResults[Command['type']]> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled())
    const child = launch()
    let timer: NodeJS.Timeout | undefined
    let outcome: (() => void) | undefined
    // The answer is given when the process has ended, so that nothing writes into the folder any more.
    const end = (answer: () => void): void => {
      outcome ??= answer
      child.kill('SIGKILL')
    }
    const waitOn = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => end(() => reject(hung(command.path, limitMs))), limitMs)
    }
    const cancel = (): void => end(() => reject(cancelled()))
    signal?.addEventListener('abort', cancel, { once: true })
    child.onMessage((value) => {
      const message = value as ConversionMessage
      waitOn()
      if (message.type === 'progress') onProgress?.(message.done, message.total)
      else if (message.type === 'done')
        end(() => resolve(message.result as ConversionResults[Command['type']]))
      else end(() => reject(fromErrorPayload(message.error)))
    })
    child.onExit(({ code, signal: killedBy, output }) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      if (outcome) outcome()
      else reject(died(command.path, killedBy ?? `exit ${String(code)}`, output))
    })
    waitOn()
    child.post(command)
  })
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Adding weights was cancelled; what was installed before is as it was.')
}

function hung(path: string, limitMs: number): AppError {
  return new AppError(
    'weights-invalid',
    `Reading ${path} should go on; nothing happened for ${limitMs / 1000} s, and it was ended. The file is probably damaged; get it again.`,
    { path, limitMs },
  )
}

function died(path: string, end: string, output = ''): AppError {
  return new AppError(
    'weights-invalid',
    `Reading ${path} should end with an answer; its process died (${end}) ${output.split('\n').at(-1) ?? ''}. The file is probably damaged; get it again.`,
    { path, end, output },
  )
}

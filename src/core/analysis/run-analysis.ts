import { join } from 'node:path'
import { AppError, fromErrorPayload } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import { launchNodeProcess } from '../processes/launch-node-process.ts'
import type { AnalysisCommand, AnalysisMessage, AnalysisResults } from './analysis-messages.ts'

export interface AnalysisOptions {
  readonly onProgress: (done: number, total: number) => void
  /** Ends it with 'cancelled'. */
  readonly signal: AbortSignal
}

/**
 * Computes in a process of its own, which ends with its answer.
 *
 * @throws AppError 'cancelled'; 'internal' where the process died; what the computation throws
 */
export function runAnalysis<Command extends AnalysisCommand>(
  { launchAnalysis }: Pick<CoreContext, 'launchAnalysis'>,
  command: Command,
  { onProgress, signal }: AnalysisOptions,
): Promise<AnalysisResults[Command['type']]> {
  const launch = launchAnalysis ?? launchNodeProcess(join(import.meta.dirname, 'analysis-process.ts'))
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled())
    const child = launch()
    let outcome: (() => void) | undefined
    const end = (answer: () => void): void => {
      outcome ??= answer
      child.kill('SIGKILL')
    }
    const cancel = (): void => end(() => reject(cancelled()))
    signal.addEventListener('abort', cancel, { once: true })
    child.onMessage((value) => {
      const message = value as AnalysisMessage
      if (message.type === 'progress') onProgress(message.done, message.total)
      else if (message.type === 'done') end(() => resolve(message.result as AnalysisResults[Command['type']]))
      else end(() => reject(fromErrorPayload(message.error)))
    })
    child.onExit(({ code, signal: killedBy, output = '' }) => {
      signal.removeEventListener('abort', cancel)
      if (outcome) return outcome()
      const how = killedBy ?? `exit status ${String(code)}`
      reject(new AppError('internal', `The process that compares images died (${how}). ${output}`.trim()))
    })
    child.post(command)
  })
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Comparing images was stopped; what was found before is as it was.')
}

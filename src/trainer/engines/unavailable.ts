import type { EngineId } from '../../contract/engine-ids.ts'
import { AppError } from '../../contract/errors.ts'

/** @returns the error of an engine that cannot be used here; `reason` stands alone in lists of engines. */
export function engineUnavailable(engine: EngineId, reason: string): AppError {
  return new AppError('engine-unavailable', `The engine ${engine} cannot be used: ${reason}`, {
    engine,
    reason,
  })
}

/** @returns the bare reason out of whatever a failing engine threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError && typeof error.details.reason === 'string') return error.details.reason
  return error instanceof Error ? error.message.split('\n')[0]! : String(error)
}

/** Error codes by area. The interface switches on the code and shows the message in the person's language. */
export const errorCodes = [
  // any area
  'internal',
  'invalid-input',
  'cancelled',
  'disk-full',
  'permission-denied',
  'connection-lost',
  // uploads
  'upload-not-found',
  'upload-too-large',
  // projects
  'project-not-found',
  'project-exists',
  'project-not-a-project',
  'project-newer',
  'project-locked',
  'project-damaged',
  'project-name-invalid',
  // images and import
  'source-not-found',
  'source-not-a-folder',
  'no-images',
  'import-format-unknown',
  'import-invalid',
  'target-exists',
  'image-not-found',
  'image-missing',
  'image-unreadable',
  'features-missing',
  // labels and splits
  'class-not-found',
  'class-exists',
  'class-key-invalid',
  'view-not-found',
  'view-exists',
  'view-name-invalid',
  'class-name-invalid',
  'nothing-to-undo',
  'nothing-to-redo',
  'split-invalid',
  // backbones and weights
  'backbone-not-found',
  'layer-not-found',
  'layer-too-small',
  'weights-missing',
  'weights-invalid',
  'weights-mismatch',
  'weights-unsafe',
  'weights-format-unknown',
  'model-unsupported',
  'download-unavailable',
  'download-failed',
  'download-invalid',
  // runs
  'run-not-found',
  'run-not-active',
  'run-not-ended',
  'run-has-no-model',
  'run-not-resumable',
  'run-group-not-found',
  'recipe-not-found',
  'too-few-classes',
  'too-few-images',
  'plan-invalid',
  'plan-file-invalid',
  'saved-plan-not-found',
  'saved-plan-exists',
  'saved-plan-name-invalid',
  'engine-unavailable',
  'trainer-died',
  'trainer-hung',
  'out-of-memory',
  'loss-not-finite',
  'checkpoint-invalid',
  'no-test-images',
  'temperature-missing',
  // jobs
  'job-not-found',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Plain values for the interface to fill its own sentence with. */
export type ErrorDetails = Record<string, string | number | boolean | null | string[]>

/**
 * An error a person can act on. The message says what was expected, what was received, and what to do, in English;
 * `details` holds the same facts as values, so that another language can say it too.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
}

/** The shape of an error on a wire. */
export interface ErrorPayload {
  code: ErrorCode
  message: string
  details: ErrorDetails
}

/** @returns the wire form; anything that is not an AppError becomes `internal` with the log id. */
export function toErrorPayload(error: unknown, logId?: string): ErrorPayload {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message: `Something failed that should not: ${message}${logId ? ` (log id ${logId})` : ''}`,
    details: logId ? { logId } : {},
  }
}

/** The AppError that a payload stands for. */
export function fromErrorPayload(payload: ErrorPayload): AppError {
  return new AppError(payload.code, payload.message, payload.details)
}

import { AppError, type ErrorDetails } from '../../contract/errors.ts'

/** The error for a whole model that cannot become a backbone. `problem` is a sentence or more. */
export function modelUnsupported(problem: string, details: ErrorDetails = {}): AppError {
  return new AppError('model-unsupported', `This model cannot become a backbone. ${problem}`, details)
}

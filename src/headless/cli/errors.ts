/** Wrong usage: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The person or the system asked to end: exit status 130. What was done so far is stored. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** The job failed for a reason that core reported with a result instead of an error: exit status 1. */
export class JobFailedError extends Error {
  override readonly name = 'JobFailedError'
}

import { AppError } from '../../contract/errors.ts'

/**
 * The index of a run's class.
 *
 * @throws AppError 'class-not-found', listing the run's classes
 */
export function requireClass(classes: readonly string[], name: string): number {
  const index = classes.indexOf(name)
  if (index >= 0) return index
  throw new AppError(
    'class-not-found',
    `The run has no class '${name}'; its classes are: ${classes.join(', ')}.`,
    { class: name, classes: [...classes] },
  )
}

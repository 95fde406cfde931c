import { AppError } from '../../contract/errors.ts'

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/**
 * The AppError that an error of SQLite or of the file system stands for: disk-full, permission-denied,
 * project-damaged, project-locked. Anything else comes back as it was.
 * @param path of the project or file, for the message
 */
export function toAppError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError(
      'disk-full',
      `The disk that holds ${path} is full. What was stored before is safe; this change was not made. Free some space and try again.`,
      { path },
    )
  }
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'SQLITE_PERM' ||
    ['EACCES', 'EPERM', 'EROFS'].includes(code)
  ) {
    return new AppError(
      'permission-denied',
      `${path} cannot be written: ${reason}. Thaw needs to read and write there; change its permissions or choose another folder.`,
      { path, reason },
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_FORMAT') {
    return new AppError(
      'project-damaged',
      `The database of ${path} is damaged (${reason}). Run thaw check on it, or restore the folder from a copy.`,
      { path, reason },
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AppError('project-locked', `${path} is in use by another program. Close it there first.`, {
      path,
    })
  }
  return error
}

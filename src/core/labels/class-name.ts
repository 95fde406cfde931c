import { AppError } from '../../contract/errors.ts'

const longestName = 200
const controls = /[\p{Cc}\u2028\u2029]/gu
const visible = /[\p{L}\p{N}\p{P}\p{S}\p{M}]/u

/**
 * The name as it is stored: Unicode NFC, without space around it. Quotes, markup, emoji and right-to-left marks are data.
 * @throws class-name-invalid where it is empty, longer than 200 characters, or has line breaks or other control characters
 */
export function classNameOf(given: string): string {
  const name = given.normalize('NFC').trim()
  const length = [...name].length
  const reason =
    name.search(controls) >= 0
      ? 'it has a line break or another control character'
      : !visible.test(name)
        ? 'it has no visible character'
        : length > longestName
          ? `it has ${length} characters`
          : null
  if (reason === null) return name
  throw new AppError(
    'class-name-invalid',
    `A class name has 1 to ${longestName} characters on one line, but ${reason}. Choose another name.`,
    { name: name.slice(0, longestName), reason },
  )
}

/**
 * The class that a folder stands for: file systems allow names that classes do not, so line breaks become spaces and long
 * names are cut.
 * @returns null where nothing visible is left
 */
export function classNameFromFolder(folder: string): string | null {
  const name = [...folder.normalize('NFC').replace(controls, ' ').trim()]
    .slice(0, longestName)
    .join('')
    .trim()
  return visible.test(name) ? name : null
}

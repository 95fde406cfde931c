import { open } from 'node:fs/promises'
import type { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { readText } from './read-text.ts'

/** Whether a file is called as JSON is and begins with this bracket. */
export async function beginsAs(path: string, bracket: '{' | '['): Promise<boolean> {
  if (!path.toLowerCase().endsWith('.json')) return false
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
    return buffer
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .trimStart()
      .startsWith(bracket)
  } finally {
    await file.close()
  }
}

/**
 * @param what it should be, for the message
 * @throws import-invalid where it is no JSON or has not this shape
 */
export async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  const text = await readText(path)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new AppError('import-invalid', `${path} should be ${what}, and is no JSON: ${problem}.`, {
      path,
      expected: what,
      reason: problem,
    })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `at ${issue.path.join('.')}: ` : ''
  const problem = `${where}${issue?.message ?? 'another shape'}`
  throw new AppError(
    'import-invalid',
    `${path} should be ${what}, and is not (${problem}). Choose another file, or export it again.`,
    { path, expected: what, reason: problem },
  )
}

import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { replaceFile } from '../../imaging/replace-file.ts'
import { toAppError } from '../store/to-app-error.ts'

/** A small file of state of the person, read and written whole. */
export interface JsonFile<Value> {
  /** The fallback where the file is absent or not as expected. */
  read(): Value
  /** Whole or not at all: to a temporary name, synced, renamed. @throws disk-full, permission-denied */
  write(value: Value): void
}

/** @param fallback also what a damaged file is taken for: state of this kind can be made again, projects hold the work */
export function createJsonFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  fallback: z.output<Schema>,
  onDamaged: (error: unknown) => void,
): JsonFile<z.output<Schema>> {
  return {
    read() {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
        throw toAppError(error, file)
      }
      try {
        return schema.parse(JSON.parse(text))
      } catch (error) {
        onDamaged(error)
        return fallback
      }
    },
    write(value) {
      try {
        replaceFile(file, Buffer.from(`${JSON.stringify(value, null, 2)}\n`), { durable: true })
      } catch (error) {
        throw toAppError(error, file)
      }
    },
  }
}

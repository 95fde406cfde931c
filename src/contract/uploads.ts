import { z } from 'zod'
import { AppError } from './errors.ts'

/**
 * Where a page that knows no paths sends the bytes of files, on a host that serves it over HTTP: `POST <uploadsBase>?kind=…` begins an
 * upload and answers an `UploadBegun`, `PUT <uploadsBase>/<id>?name=…` adds a file and answers an `UploadedFile`, `DELETE
 * <uploadsBase>/<id>` removes them all. Errors are answered as an `ErrorPayload`.
 */
export const uploadsBase = '/uploads'

export const uploadKindSchema = z.enum(['weights', 'images', 'dataset'])
export type UploadKind = z.infer<typeof uploadKindSchema>

export interface UploadLimits {
  readonly files: number
  /** Of all files together. */
  readonly bytes: number
}

/** What one upload may hold. A TensorFlow.js model has a file for each 4 MB, and some have one for each layer. */
export const uploadLimits: Readonly<Record<UploadKind, UploadLimits>> = {
  weights: { files: 2000, bytes: 4 * 2 ** 30 },
  images: { files: 1000, bytes: 2 * 2 ** 30 },
  dataset: { files: 5000, bytes: 16 * 2 ** 30 },
}

/** @throws AppError 'upload-too-large' where that many files, or bytes of all of them, are more than an upload may hold */
export function checkUploadLimits(limits: UploadLimits, files: number, bytes: number): void {
  if (files > limits.files) throw tooLarge(`${limits.files} files`, `${files} files`)
  if (bytes > limits.bytes) throw tooLarge(shownBytes(limits.bytes), shownBytes(bytes))
}

function tooLarge(most: string, received: string): AppError {
  return new AppError(
    'upload-too-large',
    `A page may send at most ${most} at once; ${received} came. Choose the files by their path on this computer instead, or send fewer.`,
    { expected: `≤ ${most}`, received },
  )
}

/** Rounded up: what is a little too much must not look as if it were allowed. */
function shownBytes(bytes: number): string {
  const inUnits = (size: number): number => Math.ceil((bytes / size) * 100) / 100
  if (bytes >= 2 ** 30) return `${inUnits(2 ** 30)} GiB`
  return bytes >= 2 ** 20 ? `${inUnits(2 ** 20)} MiB` : `${bytes} bytes`
}

export const uploadBegunSchema = z.object({ id: z.string() })
export type UploadBegun = z.infer<typeof uploadBegunSchema>

export const uploadedFileSchema = z.object({
  /** Absolute, on the machine that core runs on: for requests that take paths, until the upload ends. */
  path: z.string(),
})
export type UploadedFile = z.infer<typeof uploadedFileSchema>

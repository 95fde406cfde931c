import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { decodeImage } from '../../imaging/decode.ts'
import { encodeJpeg } from '../../imaging/encode-jpeg.ts'
import { replaceFile } from '../../imaging/replace-file.ts'
import { parseAugmentations } from '../../models/training/augmentations.ts'
import { createAugmenter } from '../../ml/augmentations/index.ts'
import { breathe, type JobContext } from '../job-context.ts'

/**
 * Writes augmented variants of an image as JPEG files: what a training sees, pixel for pixel but for the JPEG.
 *
 * @throws AppError 'image-unreadable', 'plan-invalid', 'cancelled'
 */
export async function preview(
  { path, sha256, augment, seed, variants, inputSize, outFolder, name }: JobInput<'preview'>,
  context: JobContext,
): Promise<JobOutput<'preview'>> {
  const augmenter = createAugmenter(parseAugmentations(augment), seed)
  const size = { height: inputSize, width: inputSize }
  const pixels = await decodeImage(path, { ...size, resize: 'cover' })
  if (!(pixels instanceof Uint8Array)) {
    throw new AppError('image-unreadable', `${path} cannot be shown. ${pixels.detail}`, { path })
  }
  const files: Promise<void>[] = []
  try {
    for (const variant of variants) {
      const augmented = variant === 0 ? pixels : augmenter.augment({ pixels, ...size }, { sha256, variant })
      // Encoding goes on beside the next variant.
      files.push(
        encodeJpeg(augmented, size).then((bytes) => {
          replaceFile(join(outFolder, `${name}-${variant}.jpg`), bytes, { durable: false })
        }),
      )
      await breathe(context)
    }
  } finally {
    await Promise.all(files)
  }
  return { files: files.length }
}

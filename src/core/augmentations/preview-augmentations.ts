import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { previewUrl } from '../../contract/media.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { formatAugmentations, parseAugmentations } from '../../models/training/augmentations.ts'
import { getImage } from '../images/image-queries.ts'
import { imageFile } from '../images/image-file.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { previewFolder, previewPath } from './preview-path.ts'

/** Previews of all settings that were tried are kept up to so many files. */
const mostFiles = 2000

/**
 * Variants 1 to `count` of an image: those that a training with these settings sees in so many epochs. Without augmentation they are all
 * the image as it is.
 *
 * @throws AppError 'plan-invalid', 'image-not-found', 'image-missing', 'image-unreadable'
 */
export async function previewAugmentations(
  trainers: Trainers,
  project: OpenProject,
  input: Omit<RequestParsedInput<'augmentations.preview'>, 'projectId'>,
): Promise<RequestOutput<'augmentations.preview'>> {
  const { imageId, seed, count, inputSize } = input
  const steps = parseAugmentations(input.augment)
  const image = getImage(project, imageId)
  if (image.sha256 === null) {
    throw new AppError('image-unreadable', `${image.path} was not read yet. Try again in a moment.`, {
      path: image.path,
    })
  }
  const path = imageFile(project, image)
  if (!existsSync(path)) {
    throw new AppError(
      'image-missing',
      `The file ${path} is no longer there. Bring it back, or import it from where it is now.`,
      { path },
    )
  }
  const augment = formatAugmentations(steps)
  const made = JSON.stringify([image.sha256, augment, seed, inputSize])
  const name = createHash('sha256').update(made).digest('hex')
  const variants = Array.from({ length: count }, (_, index) => (steps.length === 0 ? 0 : index + 1))
  const missing = [...new Set(variants)].filter(
    (variant) => !isThere(previewPath(project, `${name}-${variant}`)),
  )
  if (missing.length > 0) {
    dropOldest(previewFolder(project), missing.length)
    await trainers.runShort('preview', {
      path,
      sha256: image.sha256,
      augment,
      seed,
      variants: missing,
      inputSize,
      outFolder: previewFolder(project),
      name,
    })
  }
  return { urls: variants.map((variant) => previewUrl(project.id, name, variant)) }
}

function isThere(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

function dropOldest(folder: string, room: number): void {
  if (!existsSync(folder)) return
  const files = readdirSync(folder)
  if (files.length + room <= mostFiles) return
  const byAge = files
    .map((file) => ({ path: join(folder, file), age: statSync(join(folder, file)).mtimeMs }))
    .sort((a, b) => a.age - b.age)
  for (const { path } of byAge.slice(0, files.length + room - mostFiles)) rmSync(path, { force: true })
}

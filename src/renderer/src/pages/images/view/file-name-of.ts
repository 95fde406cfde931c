import type { Image } from '../../../../../contract/entities.ts'

/** The last part of its path; nothing while the image is not read. */
export function fileNameOf(image: Pick<Image, 'relativePath'> | undefined): string {
  return image ? image.relativePath.slice(image.relativePath.lastIndexOf('/') + 1) : ''
}

import { sep } from 'node:path'
import { safeFileName } from '../importers/safe-file-name.ts'
import type { ExportedImage, ExportLayout, ExportOptions } from './exporter.ts'
import { createUniqueNames } from './unique-names.ts'

/** For a list beside it: every image in the folder `images`, below the folders that it was imported from, or where it lies. */
export function placeImages(
  images: readonly ExportedImage[],
  { labelsOnly }: Pick<ExportOptions, 'labelsOnly'>,
): ExportLayout['images'] {
  if (labelsOnly) return images.map((image) => ({ name: image.path.split(sep).join('/'), image }))
  const unique = createUniqueNames()
  return images.map((image) => {
    const parts = image.relativePath.split('/').map(safeFileName)
    return { name: unique(['images', ...parts].join('/')), image }
  })
}

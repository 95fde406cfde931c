import { safeFileName } from '../importers/safe-file-name.ts'
import type { ExportedImage, ExportLayout } from './exporter.ts'
import { createUniqueNames } from './unique-names.ts'

/** Every image in the folder `images`, below the folders that it was imported from, for a list beside it. */
export function inImagesFolder(images: readonly ExportedImage[]): ExportLayout['images'] {
  const unique = createUniqueNames()
  return images.map((image) => {
    const parts = image.relativePath.split('/').map(safeFileName)
    return { name: unique(['images', ...parts].join('/')), image }
  })
}

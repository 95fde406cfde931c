import { folderImporter } from './folder.ts'
import type { Importer } from './importer.ts'

/** Every format that can be imported. */
export const importers: readonly Importer[] = [folderImporter]

/** `auto` is the only format there is so far that takes a folder: the folder tree. */
export function findImporter(format: 'auto' | 'folder'): Importer {
  return importers.find((importer) => importer.id === format) ?? folderImporter
}

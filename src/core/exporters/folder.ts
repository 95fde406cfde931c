import { basename } from 'node:path'
import { safeFileName } from '../importers/safe-file-name.ts'
import type { Exporter, ExportLayout } from './exporter.ts'
import { createUniqueNames } from './unique-names.ts'

/** A folder for each split, and in it one for each class; images without a class lie in their split's. */
export const layOutFolders: Exporter['layOut'] = (images, classes) => {
  const uniqueFolder = createUniqueNames()
  const folders = new Map(classes.map((name) => [name, uniqueFolder(safeFileName(name))]))
  const uniqueFile = createUniqueNames()
  const renamed: ExportLayout['renamed'] = []
  for (const [name, folder] of folders) if (folder !== name) renamed.push({ class: name, folder })
  return {
    images: images.map((image) => {
      const folder = image.className === null ? [] : [folders.get(image.className) as string]
      const file = safeFileName(basename(image.relativePath))
      return { name: uniqueFile([image.split ?? 'unassigned', ...folder, file].join('/')), image }
    }),
    texts: [],
    renamed,
  }
}

/** Class folders below split folders. */
export const folderExporter: Exporter = { id: 'folder', isArchive: false, layOut: layOutFolders }

/** The same as a zip archive. */
export const zipExporter: Exporter = { id: 'zip', isArchive: true, layOut: layOutFolders }

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ImportFormat } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { cifar100Importer, cifar10Importer } from './cifar.ts'
import { cocoImporter } from './coco.ts'
import { csvImporter } from './csv.ts'
import { folderImporter } from './folder.ts'
import type { Importer, ImportOptions, ImportPlan, ImportSource } from './importer.ts'
import { labelStudioImporter } from './label-studio.ts'
import { projectImporter } from './project.ts'
import { zipImporter } from './zip.ts'

/** Every format that can be imported, those with a mark of their own first. */
export const importers: readonly Importer[] = [
  zipImporter,
  projectImporter,
  cifar10Importer,
  cifar100Importer,
  csvImporter,
  cocoImporter,
  labelStudioImporter,
  folderImporter,
]

/** @throws source-not-found, permission-denied */
async function sourceOf(given: string): Promise<ImportSource> {
  const path = resolve(given)
  try {
    return { path, isFolder: (await stat(path)).isDirectory() }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new AppError(
      'source-not-found',
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `There is nothing at ${path}. Give the path of a folder with images, or of a file of a data set.`
        : `${path} cannot be opened (${code}). Check its permissions, or give another one.`,
      { path, reason: code },
    )
  }
}

/** @throws import-format-unknown */
async function findImporter(source: ImportSource, format: ImportFormat | 'auto'): Promise<Importer> {
  for (const importer of importers) {
    if (format === 'auto' ? await importer.recognizes(source) : importer.id === format) return importer
  }
  throw new AppError(
    'import-format-unknown',
    `${source.path} is no data set that is known here. Expected a folder with images, a zip archive, a CSV file, JSON of COCO or Label Studio, binaries of CIFAR-10 or CIFAR-100, or a project of Thaw.`,
    { path: source.path },
  )
}

/**
 * Opens a source, as the format that it is or is said to be.
 *
 * @throws source-not-found, import-format-unknown, and as `Importer.open`
 */
export async function openImport(
  given: string,
  format: ImportFormat | 'auto',
  options: ImportOptions,
): Promise<{ source: ImportSource; format: ImportFormat; plan: ImportPlan }> {
  const source = await sourceOf(given)
  const importer = await findImporter(source, options.only ? 'folder' : format)
  return { source, format: importer.id, plan: await importer.open(source, options) }
}

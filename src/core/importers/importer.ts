import type { SkippedFile, Split } from '../../contract/entities.ts'

/** A file that may be an image: by its name, or by its first bytes where the name does not say so. */
export interface ImportCandidate {
  /** Absolute. */
  path: string
  /** Below the source, with forward slashes. */
  relativePath: string
  sizeBytes: number
  modifiedMs: number
  /** As the class is stored, or null where the format gives none. */
  className: string | null
  split: Split | null
}

export interface ImportOptions {
  labels: 'folder' | 'none'
  splitFrom: 'folder' | 'none' | 'auto'
}

export interface ImportScan {
  /** In the order of images everywhere: by `sortKeyOf(relativePath)`. */
  candidates: ImportCandidate[]
  skipped: SkippedFile[]
}

/** One format of data sets. */
export interface Importer {
  id: string
  /** @throws source-not-found, source-not-a-folder, no-images */
  scan(source: string, options: ImportOptions): Promise<ImportScan>
}

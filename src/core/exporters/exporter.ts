import type { ExportFormat, Split } from '../../contract/entities.ts'

/** A labelled image, or one without a label where those were asked for. */
export interface ExportedImage {
  /** The file with its bytes: absolute. Of labels alone it may be gone. */
  path: string
  sha256: string
  /** Below the folder that it was imported from, with forward slashes. */
  relativePath: string
  className: string | null
  split: Split | null
  /** Pixels, upright. */
  width: number
  height: number
}

export interface ExportOptions {
  /** Text that a spreadsheet would take for a formula is marked as text. */
  spreadsheetSafe: boolean
  /** The images stay where they are, and are named by their paths. */
  labelsOnly: boolean
}

/** A data set as files, with forward slashes in their names. */
export interface ExportLayout {
  /** Of labels alone they are not written: their names are the absolute paths of their files. */
  images: { name: string; image: ExportedImage }[]
  /** UTF-8. */
  texts: { name: string; content: string }[]
  /** Classes whose folders are called otherwise, since file systems do not take their names. */
  renamed: { class: string; folder: string }[]
}

/** One format of data sets. */
export interface Exporter {
  id: ExportFormat
  /** One file, with everything in it. */
  isArchive: boolean
  /**
   * @param images in the order of images everywhere
   * @param classes in their order, those without images too
   */
  layOut(images: readonly ExportedImage[], classes: readonly string[], options: ExportOptions): ExportLayout
}

import type { ImportFormat, SkippedFile, Split } from '../../contract/entities.ts'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import type { ImagingPool } from '../../imaging/client.ts'

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

/** What a person chose; `folder` and `auto` stand for what the format carries, folders or not. */
export type ImportOptions = Pick<
  RequestParsedInput<'images.import'>,
  'labels' | 'splitFrom' | 'crops' | 'coarse' | 'only'
>

export interface ImportScan {
  /** In the order of images everywhere: by `sortKeyOf(relativePath)`. */
  candidates: ImportCandidate[]
  skipped: SkippedFile[]
  /** Entries that name a candidate again, with the same class. */
  repeated?: number
}

/** What a person picked. */
export interface ImportSource {
  /** Absolute. */
  path: string
  isFolder: boolean
}

/** One image as names and annotations tell it. */
export interface PlannedImage {
  className: string | null
  split: Split | null
  /** What the source calls the split. */
  splitName?: string
}

export interface ImportOverview {
  images: PlannedImage[]
  skipped: SkippedFile[]
}

/** What importers that unpack work with. */
export interface ImportWork {
  /** The project's folder for pictures that come from inside files; may not be there yet. */
  pictures: string
  /** Of the project; what is in it may be deleted at any time. */
  cache: string
  imaging: Pick<ImagingPool, 'unpackRecords' | 'crop' | 'workers'>
  /** Told of each file or folder below `pictures` before something is written there. */
  writes(path: string): void
  /** Comes back at once, or when a pause is over. Called before each step. @throws where the import was stopped */
  proceed(): Promise<void>
  progress(done: number, total: number): void
}

/** A source that was opened as one format. */
export type ImportPlan = {
  /** How many boxes could become images of their own. */
  boxes?: number
  hasCoarse?: boolean
  /** The format of what a zip archive holds. */
  inside?: ImportFormat
  /** Writes nothing, and reads names and annotations alone. @throws as `scan` */
  look(): Promise<ImportOverview>
} & (
  | {
      unpacks: false
      /** @throws source-not-found, no-images, import-invalid */
      scan(): Promise<ImportScan>
    }
  | {
      /** The pictures lie inside files, and `scan` writes them into the project. */
      unpacks: true
      /**
       * What is unpacked has the same paths each time, and what is there already is not written again.
       *
       * @throws source-not-found, no-images, import-invalid, disk-full, and what `proceed` throws
       */
      scan(work: ImportWork): Promise<ImportScan>
    }
)

/** One format of data sets. */
export interface Importer {
  id: ImportFormat
  /** Whether this is the format of a source that a person picked without saying so. */
  recognizes(source: ImportSource): Promise<boolean>
  /** @throws source-not-a-folder, import-format-unknown, import-invalid */
  open(source: ImportSource, options: ImportOptions): Promise<ImportPlan>
}

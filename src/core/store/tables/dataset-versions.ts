import type { Selectable } from 'kysely'

/** What a run saw, for ever: content-addressed, shared by the runs that saw the same. */
export interface DatasetVersionsTable {
  /** SHA-256 of the content before compression. */
  hash: string
  images: number
  created_at: number
  /** gzip of one line an image, `["sha256","class","split"]`, in the order of relative paths. */
  content: Buffer
}
export type DatasetVersionRow = Selectable<DatasetVersionsTable>

import type { Generated, Selectable } from 'kysely'
import type { ImageStatus, Split } from '../../../contract/entities.ts'

/**
 * An image is one content hash. Ids are never reused; a removed image stays as a tombstone, hidden from everything
 * that reads `removed_at IS NULL`.
 */
export interface ImagesTable {
  id: Generated<number>
  /** Null until the bytes were read, and for ever where another image has the same bytes. */
  sha256: string | null
  /** Absolute path it was first imported from. */
  path: string
  /** Below the imported folder, with forward slashes. */
  relative_path: string
  /** `sortKeyOf(relative_path)`: the order of images everywhere, then `path`. */
  sort_key: string
  size_bytes: number
  /** Of the file, to see that it changed. */
  modified_ms: number | null
  /** Upright, in pixels. */
  width: number | null
  height: number | null
  format: string | null
  status: Generated<ImageStatus>
  split: Split | null
  import_id: number | null
  /** The image with the same bytes that took this one's place, which was registered before its bytes were read. */
  merged_into: number | null
  removed_at: number | null
  /** person: removed by command. duplicate, unreadable: left the list when its bytes were read. */
  removed_by: 'person' | 'import-undone' | 'duplicate' | 'unreadable' | null
}
export type ImageRow = Selectable<ImagesTable>

const digits = /\d+/g

/** Orders `img2` before `img10`, by code units otherwise, on every machine alike. */
export function sortKeyOf(relativePath: string): string {
  return relativePath.normalize('NFC').replace(digits, (run) => run.padStart(8, '0'))
}

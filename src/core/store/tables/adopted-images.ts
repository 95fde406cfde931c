/** Written by a trigger when an image goes from one import to a later one. */
export interface AdoptedImagesTable {
  image_id: number
  /** The later import. */
  import_id: number
  from_import_id: number
  /** Why it was hidden before; null: it was not. */
  removed_by: 'person' | 'import-undone' | 'duplicate' | 'unreadable' | null
}

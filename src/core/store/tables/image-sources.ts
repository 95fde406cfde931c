import type { Selectable } from 'kysely'

/** Every path an image was imported from. */
export interface ImageSourcesTable {
  /** Absolute. */
  path: string
  image_id: number
  relative_path: string
  import_id: number | null
  /** The class that this path's folder stands for, where labels come from folders. */
  class_name: string | null
}
export type ImageSourceRow = Selectable<ImageSourcesTable>

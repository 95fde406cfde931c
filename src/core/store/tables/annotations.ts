import type { Selectable } from 'kysely'

/** Which classes an image has. A project of one label an image has at most one row for each. */
export interface AnnotationsTable {
  image_id: number
  class_id: number
}
export type AnnotationRow = Selectable<AnnotationsTable>

import type { Selectable } from 'kysely'

/** The class that a run predicted of an image when a person brought it into the data set by that prediction. */
export interface GivenSuggestionsTable {
  image_id: number
  class_id: number
  /** 0 to 1. */
  probability: number
}
export type GivenSuggestionRow = Selectable<GivenSuggestionsTable>

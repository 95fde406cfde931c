import type { Selectable } from 'kysely'

/** An image whose label may be wrong, by the newest search. */
export interface LabelSuspectsTable {
  image_id: number
  /** That it had then. */
  given_class_id: number
  suggested_class_id: number
  /** Out of fold, 0 to 1. */
  given_probability: number
  suggested_probability: number
  /** 0 to 1: how likely the label is wrong. */
  score: number
  /** 1: an error by confident learning; 0: perhaps. */
  is_likely: number
}
export type LabelSuspectRow = Selectable<LabelSuspectsTable>

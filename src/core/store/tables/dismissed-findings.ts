import type { Generated } from 'kysely'
import type { HygieneKind } from '../../../contract/hygiene.ts'

/** What a person said is no issue. */
export interface DismissedFindingsTable {
  kind: HygieneKind
  image_id: number
  /** Of near duplicates the other image, whose id is the higher; of odd neighbours the class that is right; 0: the finding is of one image alone. */
  other_id: Generated<number>
}

/** What people say of an image besides its class; no row: nothing. */
export interface ImageMarksTable {
  image_id: number
  /** 0 or 1 */
  flagged: number
  /** 0 or 1: whoever looked was not sure of the class. */
  unsure: number
  note: string | null
}

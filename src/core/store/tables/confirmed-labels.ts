/** A label that a person said to be right. */
export interface ConfirmedLabelsTable {
  image_id: number
  class_id: number
}

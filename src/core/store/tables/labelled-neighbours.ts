/** The labelled images that are most like a labelled one. */
export interface LabelledNeighboursTable {
  image_id: number
  /** Image ids, int32 little-endian, the nearest first. */
  neighbours: Buffer
}

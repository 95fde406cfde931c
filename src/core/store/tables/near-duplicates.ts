/** A pair of images that show the same; of a large group not every pair. */
export interface NearDuplicatesTable {
  /** The lower id. */
  image_id: number
  other_id: number
  /** Correlation of their luma, laid over each other: `leastSimilarity` to 1. */
  similarity: number
}

import type { Generated } from 'kysely'

/** As `Measurements` of imaging; an image without a row was not measured yet. */
export interface ImageMeasurementsTable {
  image_id: number
  /** `measureVersion` at that time. */
  version: number
  /** 8 bytes. */
  perceptual_hash: Buffer
  brightness: number
  contrast: number
  sharpness: number
  saturation: number
  /** By the camera's clock: milliseconds since 1970 as if it were in UTC. */
  captured_at: number | null
  /** The version of the comparison that looked for its near duplicates; 0: none did. */
  compared_by: Generated<number>
}

/** The picture in little: what near duplicates are told by. */
export interface ImageLayoutsTable {
  image_id: number
  layout: Buffer
}

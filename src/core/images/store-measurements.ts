import type { Database } from 'better-sqlite3'
import { measureVersion, type Measurements } from '../../imaging/measure.ts'

/** Statements over the measurements of images. */
export interface MeasurementStatements {
  /** @param capturedAt null: not known; a time that is known already stays */
  store(imageId: number, measurements: Measurements, capturedAt: number | null): void
  /** Of an image that another took in. */
  drop(imageId: number): void
}

/** Measured anew is to be compared anew. */
export function measurementStatements(database: Database): MeasurementStatements {
  const measure = database.prepare<(number | Uint8Array | null)[]>(
    `INSERT INTO image_measurements
       (image_id, version, perceptual_hash, brightness, contrast, sharpness, saturation, captured_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (image_id) DO UPDATE SET version = excluded.version, perceptual_hash = excluded.perceptual_hash,
       brightness = excluded.brightness, contrast = excluded.contrast, sharpness = excluded.sharpness,
       saturation = excluded.saturation, captured_at = coalesce(excluded.captured_at, captured_at), compared_by = 0`,
  )
  const layout = database.prepare<[number, Uint8Array]>(
    'INSERT OR REPLACE INTO image_layouts (image_id, layout) VALUES (?, ?)',
  )
  const dropMeasurements = database.prepare<[number]>('DELETE FROM image_measurements WHERE image_id = ?')
  // Of what the image that took it in is like the next scan tells.
  const dropPairs = database.prepare<[number, number]>(
    'DELETE FROM near_duplicates WHERE image_id = ? OR other_id = ?',
  )
  const dropLayout = database.prepare<[number]>('DELETE FROM image_layouts WHERE image_id = ?')
  return {
    store(imageId, found, capturedAt) {
      const { perceptualHash, brightness, contrast, sharpness, saturation } = found
      measure.run(
        imageId,
        measureVersion,
        perceptualHash,
        brightness,
        contrast,
        sharpness,
        saturation,
        capturedAt,
      )
      layout.run(imageId, found.layout)
    },
    drop(imageId) {
      dropMeasurements.run(imageId)
      dropLayout.run(imageId)
      dropPairs.run(imageId, imageId)
    },
  }
}

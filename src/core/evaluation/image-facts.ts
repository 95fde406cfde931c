import type { OpenProject } from '../projects/open-projects.ts'

/** What a split may be cut into slices by. */
export interface ImageFacts {
  readonly id: number
  readonly sha256: string
  readonly relativePath: string
  readonly importId: number | null
  /** The shorter side, upright; null: not known. */
  readonly side: number | null
  /** Null: not measured. */
  readonly brightness: number | null
  readonly sharpness: number | null
  readonly removed: number
}

/** Asked for at once: other requests are let in between. */
const batch = 500

/** Facts of images by hash, those that have left the project among them; it pauses now and then. */
export function* imageFacts(
  { database }: OpenProject,
  hashes: readonly string[],
): Generator<undefined, Map<string, ImageFacts>> {
  const select = database.prepare<[string], ImageFacts>(
    `SELECT images.id, sha256, relative_path AS relativePath, import_id AS importId, min(width, height) AS side,
       brightness, sharpness, removed_at IS NOT NULL AS removed
     FROM json_each(?) AS asked JOIN images ON images.sha256 = asked.value
     LEFT JOIN image_measurements ON image_measurements.image_id = images.id`,
  )
  const facts = new Map<string, ImageFacts>()
  for (let start = 0; start < hashes.length; start += batch) {
    for (const row of select.all(JSON.stringify(hashes.slice(start, start + batch))))
      facts.set(row.sha256, row)
    yield
  }
  return facts
}

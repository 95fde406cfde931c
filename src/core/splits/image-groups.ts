import { layoutBytes, measureVersion } from '../../imaging/measure.ts'
import { nearGroups } from '../hygiene/duplicate-groups.ts'
import { leastConnected } from '../hygiene/least-connected.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { findBursts, type TakenPicture } from './find-bursts.ts'

/** Images that belong on one side of a split. */
export interface ImageGroup {
  /** near-duplicates: they show the same. burst: a camera took them right after each other, and they look alike. */
  kind: 'near-duplicates' | 'burst'
  /** Two or more, ascending. */
  imageIds: number[]
}

function bursts({ database }: OpenProject): ImageGroup[] {
  const pictures = database
    .prepare<[number], TakenPicture>(
      `SELECT images.id, path, captured_at AS capturedAt, perceptual_hash AS perceptualHash
       FROM image_measurements AS measured JOIN images ON images.id = measured.image_id
       WHERE removed_at IS NULL AND measured.version = ?`,
    )
    .all(measureVersion)
  const layout = database
    .prepare<[number], Buffer>('SELECT layout FROM image_layouts WHERE image_id = ?')
    .pluck()
  const layoutOf = (id: number): Uint8Array => layout.get(id) ?? new Uint8Array(layoutBytes)
  return findBursts(pictures, layoutOf).map((imageIds) => ({ kind: 'burst', imageIds }))
}

/** Near duplicates that a scan found, and bursts. An image may be in one of each. */
export function imageGroups(project: OpenProject): ImageGroup[] {
  const near = nearGroups(project).map(({ imageIds }) => ({ kind: 'near-duplicates' as const, imageIds }))
  return [...near, ...bursts(project)]
}

/** A number for each image that belongs together with others, the same for all that are connected by groups. */
export function groupNumbers(groups: readonly ImageGroup[]): Map<number, number> {
  return leastConnected(groups.map(({ imageIds }) => imageIds))
}

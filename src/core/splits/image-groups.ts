import { dirname } from 'node:path'
import { nearGroups } from '../hygiene/duplicate-groups.ts'
import { leastConnected } from '../hygiene/least-connected.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** Images that belong on one side of a split. */
export interface ImageGroup {
  /** near-duplicates: they show the same. burst: a camera took them right after each other. */
  kind: 'near-duplicates' | 'burst'
  /** Two or more, ascending. */
  imageIds: number[]
}

/** A burst's pictures follow each other within this time … */
const burstGapMs = 2000
/** … and all are taken within this: a series that goes on for hours is no burst. */
const burstLengthMs = 10_000

function bursts({ database }: OpenProject): ImageGroup[] {
  type Row = { id: number; path: string; capturedAt: number }
  const rows = database
    .prepare<[], Row>(
      `SELECT images.id, path, captured_at AS capturedAt
       FROM image_measurements AS measured JOIN images ON images.id = measured.image_id
       WHERE captured_at IS NOT NULL AND removed_at IS NULL ORDER BY captured_at, images.id`,
    )
    .all()
  const open = new Map<string, { startedAt: number; lastAt: number; imageIds: number[] }>()
  const all: number[][] = []
  for (const { id, path, capturedAt } of rows) {
    const folder = dirname(path)
    const burst = open.get(folder)
    if (burst && capturedAt - burst.lastAt <= burstGapMs && capturedAt - burst.startedAt <= burstLengthMs) {
      burst.lastAt = capturedAt
      burst.imageIds.push(id)
    } else {
      const imageIds = [id]
      open.set(folder, { startedAt: capturedAt, lastAt: capturedAt, imageIds })
      all.push(imageIds)
    }
  }
  return all
    .filter((imageIds) => imageIds.length > 1)
    .map((imageIds) => ({ kind: 'burst', imageIds: imageIds.sort((a, b) => a - b) }))
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

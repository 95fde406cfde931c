import { setImmediate as nextTurn } from 'node:timers/promises'
import { measureVersion } from '../../imaging/measure.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { issueKinds, type IssueKind, type MeasuredImageRow } from './issue-kinds.ts'
import { readLimits, type Limits } from './limits.ts'

/** The images of one kind. */
export interface Issues {
  kind: IssueKind['kind']
  limit: number
  /** The limit where nobody chose one. */
  usualLimit: number
  /** More than half of all images are like that: it is how the data set is, and none is listed. */
  isUsual: boolean
  /** The worst first. */
  images: { id: number; value: number }[]
}

const pageSize = 5000

async function measuredImages({ database }: OpenProject): Promise<MeasuredImageRow[]> {
  const page = database.prepare<[number, number, number], MeasuredImageRow>(
    `SELECT images.id, width, height, brightness, contrast, sharpness, saturation
     FROM image_measurements AS measured JOIN images ON images.id = measured.image_id
     WHERE measured.image_id > ? AND measured.version = ? AND removed_at IS NULL AND status = 'ready'
     ORDER BY measured.image_id LIMIT ?`,
  )
  const images: MeasuredImageRow[] = []
  for (let rows: MeasuredImageRow[] = []; ;) {
    rows = page.all(images.at(-1)?.id ?? 0, measureVersion, pageSize)
    images.push(...rows)
    if (rows.length < pageSize) return images
    // Others wait for core too.
    await nextTurn()
    if (!database.open) return []
  }
}

function dismissedImages({ database }: OpenProject): Map<string, Set<number>> {
  const dismissed = new Map<string, Set<number>>()
  const rows = database.prepare<[], { kind: string; id: number }>(
    'SELECT kind, image_id AS id FROM dismissed_findings WHERE other_id = 0',
  )
  for (const { kind, id } of rows.iterate()) {
    const ids = dismissed.get(kind)
    if (ids) ids.add(id)
    else dismissed.set(kind, new Set([id]))
  }
  return dismissed
}

/**
 * The images that may not belong, kind by kind. What more than half of all images are like is how the data set is; then there are no issues of
 * that kind.
 *
 * @param chosen limits; of other kinds the usual ones
 */
export async function findIssues(
  project: OpenProject,
  chosen: Limits = readLimits(project),
): Promise<Issues[]> {
  const images = await measuredImages(project)
  const sides = Float64Array.from(images, ({ width, height }) => Math.min(width, height)).sort()
  const overall = { medianSide: sides[Math.floor(sides.length / 2)] ?? 0 }
  const dismissed = images.length > 0 ? dismissedImages(project) : new Map<string, Set<number>>()
  const found: Issues[] = []
  for (const kind of issueKinds) {
    found.push(issuesOf(kind, images, { overall, chosen, dismissed: dismissed.get(kind.kind) }))
    await nextTurn()
  }
  return found
}

function issuesOf(
  { kind, value, limit: limitOf, isIssue, lowestFirst }: IssueKind,
  images: readonly MeasuredImageRow[],
  from: { overall: Parameters<IssueKind['limit']>[0]; chosen: Limits; dismissed: Set<number> | undefined },
): Issues {
  const usualLimit = limitOf(from.overall)
  const limit = from.chosen[kind] ?? usualLimit
  const found = images.filter((image) => isIssue(image, limit))
  if (found.length > images.length / 2) return { kind, limit, usualLimit, isUsual: true, images: [] }
  const direction = lowestFirst ? 1 : -1
  return {
    kind,
    limit,
    usualLimit,
    isUsual: false,
    images: found
      .filter(({ id }) => !from.dismissed?.has(id))
      .map((image) => ({ id: image.id, value: value(image) }))
      .sort((a, b) => (a.value - b.value) * direction || a.id - b.id),
  }
}

import type { OpenProject } from '../projects/open-projects.ts'
import { judgeNeighbours, usualMargin } from './judge-neighbours.ts'
import { readLimits } from './limits.ts'

const idBytes = 4

/** A labelled image in the neighbourhood of another class. */
export interface OddNeighbour {
  imageId: number
  /** The labelled images most like it, the nearest first. */
  neighbourIds: number[]
  /** The class that most of them have. */
  neighbourClassId: number
  /** Share of the neighbours of that class less the share of its own, 0 to 1. */
  margin: number
}

/** Labelled images that can be looked at; an image that cannot be read has no neighbours. */
const labelledSql = `FROM images WHERE removed_at IS NULL AND status = 'ready'
  AND EXISTS (SELECT 1 FROM annotations WHERE annotations.image_id = images.id)`

/** How many labelled images have no known neighbours. Where all are of one class there is nothing to compare. */
export function countToPlace({ database }: OpenProject): number {
  const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0
  const classes = count('SELECT count(*) FROM (SELECT DISTINCT class_id FROM annotations LIMIT 2)')
  if (classes < 2) return 0
  return count(
    `SELECT count(*) ${labelledSql} AND NOT EXISTS (SELECT 1 FROM labelled_neighbours AS known WHERE known.image_id = images.id)`,
  )
}

/** Ids of the labelled images that can be looked at, ascending. */
export function labelledIds({ database }: OpenProject): number[] {
  return database.prepare<[], number>(`SELECT id ${labelledSql} ORDER BY id`).pluck().all()
}

/** @returns ids of neighbours as they are stored */
export function encodeNeighbours(imageIds: readonly number[]): Buffer {
  const bytes = Buffer.alloc(imageIds.length * idBytes)
  imageIds.forEach((id, index) => bytes.writeInt32LE(id, index * idBytes))
  return bytes
}

function decodeNeighbours(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / idBytes }, (_, index) => bytes.readInt32LE(index * idBytes))
}

/** The classes of every labelled image that is there. */
function classesOf({ database }: OpenProject): Map<number, number[]> {
  const classes = new Map<number, number[]>()
  const rows = database
    .prepare<[], [number, number]>(
      `SELECT image_id, class_id FROM annotations JOIN images ON images.id = image_id
       WHERE removed_at IS NULL ORDER BY image_id, class_id`,
    )
    .raw()
  for (const [imageId, classId] of rows.iterate()) {
    const known = classes.get(imageId)
    if (known) known.push(classId)
    else classes.set(imageId, [classId])
  }
  return classes
}

/**
 * Labelled images most of whose nearest labelled neighbours have one other class, by the labels there are now; the clearest first. What a person
 * said is right in its class is none.
 *
 * @param limit of the margin, see `judgeNeighbours`
 */
export function oddNeighbours(
  project: OpenProject,
  limit = readLimits(project)['odd-neighbour'] ?? usualMargin,
): OddNeighbour[] {
  const { database } = project
  const classes = classesOf(project)
  const sizes = new Map<number, number>()
  for (const classIds of classes.values()) {
    for (const classId of classIds) sizes.set(classId, (sizes.get(classId) ?? 0) + 1)
  }
  const right = new Set(
    database
      .prepare<[], string>(
        "SELECT image_id || ' ' || other_id FROM dismissed_findings WHERE kind = 'odd-neighbour'",
      )
      .pluck()
      .all(),
  )
  const rows = database.prepare<[], { imageId: number; neighbours: Buffer }>(
    'SELECT image_id AS imageId, neighbours FROM labelled_neighbours',
  )
  const odd: OddNeighbour[] = []
  for (const { imageId, neighbours } of rows.iterate()) {
    const own = classes.get(imageId)
    if (!own || own.some((classId) => right.has(`${imageId} ${classId}`))) continue
    const neighbourIds = decodeNeighbours(neighbours).filter((id) => classes.has(id))
    const found = judgeNeighbours(
      own,
      neighbourIds.map((id) => classes.get(id) as number[]),
      classes.size,
      (classId) => sizes.get(classId) ?? 0,
    )
    // A difference of shares is not quite what it is said to be.
    if (!found || found.margin < limit - 1e-9) continue
    odd.push({ imageId, neighbourIds, neighbourClassId: found.classId, margin: found.margin })
  }
  return odd.sort((a, b) => b.margin - a.margin || a.imageId - b.imageId)
}

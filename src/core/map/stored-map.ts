import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { RequestOutput } from '../../contract/requests/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'

const storedMapSchema = z.object({
  imageIds: z.array(z.number().int()),
  x: z.array(z.number()),
  y: z.array(z.number()),
})
type StoredMap = z.infer<typeof storedMapSchema>

const mapFile = ({ folders }: OpenProject): string => join(folders.cache, 'map.json')

/** Keeps where images lie; those without a place are left out. @param positions `[imageIds.length, 2]` */
export function storeMap(project: OpenProject, imageIds: readonly number[], positions: Float32Array): void {
  const placed = imageIds.flatMap((id, index) => (Number.isNaN(positions[index * 2]) ? [] : [{ id, index }]))
  const axis = (offset: number): number[] =>
    placed.map(({ index }) => Math.round((positions[index * 2 + offset] as number) * 1e5) / 1e5)
  const map: StoredMap = { imageIds: placed.map(({ id }) => id), x: axis(0), y: axis(1) }
  writeFileDurably(mapFile(project), JSON.stringify(map))
}

function readStored(project: OpenProject): StoredMap | null {
  try {
    const parsed = storedMapSchema.safeParse(JSON.parse(readFileSync(mapFile(project), 'utf8')))
    return parsed.data ?? null
  } catch (error) {
    // The cache may be emptied at any time; what is damaged is computed again.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return null
    throw error
  }
}

/** The map as it was computed last, of the images there are, with the classes they have now. */
export function readMap(project: OpenProject): RequestOutput<'map.get'>['map'] {
  const stored = readStored(project)
  if (!stored) return null
  const { database } = project
  const present = database
    .prepare<[], [number, number | null]>(
      `SELECT images.id, (SELECT min(class_id) FROM annotations WHERE image_id = images.id) FROM images
       WHERE removed_at IS NULL AND status = 'ready'`,
    )
    .raw()
    .all()
  const classOf = new Map(present)
  const kept = stored.imageIds.flatMap((id, index) => (classOf.has(id) ? [{ id, index }] : []))
  return {
    imageIds: kept.map(({ id }) => id),
    x: kept.map(({ index }) => stored.x[index] as number),
    y: kept.map(({ index }) => stored.y[index] as number),
    classIds: kept.map(({ id }) => classOf.get(id) ?? null),
    missing: present.length - kept.length,
  }
}

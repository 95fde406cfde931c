import type { Image, ImageFilter, ImageSort, ImageStatus, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { countImagesByClass } from '../labels/classes.ts'
import type { OpenProject } from '../projects/open-projects.ts'

const orders: Record<Exclude<ImageSort, 'class'>, string> = {
  path: 'images.sort_key, images.path',
  split: `CASE images.split WHEN 'train' THEN 0 WHEN 'validation' THEN 1 WHEN 'test' THEN 2 ELSE 3 END,
    images.sort_key, images.path`,
  newest: 'images.id DESC',
  size: 'images.width * images.height DESC NULLS LAST, images.size_bytes DESC, images.sort_key, images.path',
}

type Parameters = (string | number)[]

function oneOf(column: string, values: readonly (string | null)[], parameters: Parameters): string {
  const named = values.filter((value) => value !== null)
  parameters.push(...named)
  const parts = named.length > 0 ? [`${column} IN (${named.map(() => '?').join()})`] : []
  if (values.includes(null)) parts.push(`${column} IS NULL`)
  return parts.length > 0 ? `(${parts.join(' OR ')})` : '0'
}

function whereOf(filter: ImageFilter, parameters: Parameters): string {
  const conditions = ['images.removed_at IS NULL']
  if (filter.classIds) {
    const ids = filter.classIds.filter((id) => id !== null)
    const parts: string[] = []
    if (ids.length > 0) {
      parts.push(
        `images.id IN (SELECT image_id FROM annotations WHERE class_id IN (${ids.map(() => '?').join()}))`,
      )
      parameters.push(...ids)
    }
    if (filter.classIds.includes(null)) {
      parts.push('NOT EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id)')
    }
    conditions.push(parts.length > 0 ? `(${parts.join(' OR ')})` : '0')
  }
  // The plus keeps SQLite from an index that is out of order: images_by_path covers both columns, in order.
  if (filter.splits) conditions.push(oneOf('+images.split', filter.splits, parameters))
  if (filter.statuses) conditions.push(oneOf('+images.status', filter.statuses, parameters))
  for (const [mark, wanted] of [
    ['flagged = 1', filter.flagged],
    ['unsure = 1', filter.unsure],
    ['note IS NOT NULL', filter.noted],
  ] as const) {
    if (wanted === undefined) continue
    const having = `images.id IN (SELECT image_id FROM image_marks WHERE ${mark})`
    conditions.push(wanted ? having : `NOT ${having}`)
  }
  const text = filter.text?.trim()
  if (text) {
    conditions.push("images.relative_path LIKE ? ESCAPE '\\'")
    parameters.push(`%${text.replace(/[\\%_]/g, '\\$&')}%`)
  }
  return conditions.join(' AND ')
}

/** Ids that pass the filter, in order. */
export function findImageIds(project: OpenProject, filter: ImageFilter, sort: ImageSort): number[] {
  const parameters: Parameters = []
  const where = whereOf(filter, parameters)
  const ids = project.database
    .prepare<Parameters, number>(
      `SELECT images.id FROM images WHERE ${where} ORDER BY ${orders[sort === 'class' ? 'path' : sort]}`,
    )
    .pluck()
    .all(...parameters)
  return sort === 'class' ? groupByClass(project, ids) : ids
}

/** Classes in their order, the unlabelled last, each as it came: several times faster than sorting in SQL. */
function groupByClass({ database }: OpenProject, ids: readonly number[]): number[] {
  const classIds = database
    .prepare<[], number>('SELECT id FROM classes WHERE deleted_at IS NULL ORDER BY position, id')
    .pluck()
    .all()
  const imagesOf = database
    .prepare<[number], number>('SELECT image_id FROM annotations WHERE class_id = ?')
    .pluck()
  const rankOf = new Map<number, number>()
  // From the last class to the first, so that of several classes the first stands.
  for (let rank = classIds.length - 1; rank >= 0; rank -= 1) {
    for (const imageId of imagesOf.all(classIds[rank] as number)) rankOf.set(imageId, rank)
  }
  const groups: number[][] = Array.from({ length: classIds.length + 1 }, () => [])
  for (const id of ids) groups[rankOf.get(id) ?? classIds.length]?.push(id)
  return groups.flat()
}

/** As SQLite has no lists and no booleans. */
type ImageRow = Omit<Image, 'classId' | 'classIds' | 'flagged' | 'unsure'> & {
  classIds: string | null
  flagged: number | null
  unsure: number | null
}

/** Rows in the order asked, without those that are not there any more. */
export function getImages({ database }: OpenProject, ids: readonly number[]): Image[] {
  const rows = database
    .prepare<[string], ImageRow>(
      `SELECT images.id, sha256, images.path, relative_path AS relativePath, width, height, size_bytes AS sizeBytes, format,
         (SELECT json_group_array(class_id ORDER BY class_id) FROM annotations WHERE image_id = images.id) AS classIds,
         split, status, flagged, unsure, note
       FROM json_each(?) AS asked CROSS JOIN images ON images.id = asked.value
       LEFT JOIN image_marks ON image_marks.image_id = images.id
       WHERE removed_at IS NULL ORDER BY asked.key`,
    )
    .all(JSON.stringify(ids))
  return rows.map((row) => {
    const classIds = JSON.parse(row.classIds ?? '[]') as number[]
    const { flagged, unsure } = row
    return { ...row, classId: classIds[0] ?? null, classIds, flagged: flagged === 1, unsure: unsure === 1 }
  })
}

/** @throws image-not-found */
export function getImage(project: OpenProject, id: number): Image {
  const [image] = getImages(project, [id])
  if (image) return image
  throw new AppError('image-not-found', `There is no image with the id ${id}; it may have been removed.`, {
    id,
  })
}

/** Counts for the filter bar. */
export function countImagesBy(project: OpenProject): {
  total: number
  byClass: { classId: number | null; count: number }[]
  bySplit: { split: Split | null; count: number }[]
  byStatus: { status: ImageStatus; count: number }[]
} {
  const { database } = project
  const bySplit = database
    .prepare<[], { split: Split | null; count: number }>(
      'SELECT split, count(*) AS count FROM images INDEXED BY images_by_split WHERE removed_at IS NULL GROUP BY split',
    )
    .all()
  const byStatus = database
    .prepare<[], { status: ImageStatus; count: number }>(
      'SELECT status, count(*) AS count FROM images INDEXED BY images_by_status WHERE removed_at IS NULL GROUP BY status',
    )
    .all()
  const total = bySplit.reduce((sum, { count }) => sum + count, 0)
  // As for classes: passes over indexes, and few images are removed.
  const labelled = database
    .prepare<[], number>(
      `SELECT (SELECT count(DISTINCT image_id) FROM annotations) -
         (SELECT count(*) FROM images WHERE removed_at IS NOT NULL
            AND EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id))`,
    )
    .pluck()
    .get()
  const byClass: { classId: number | null; count: number }[] = [...countImagesByClass(project)].map(
    ([classId, count]) => ({ classId, count }),
  )
  byClass.push({ classId: null, count: total - (labelled ?? 0) })
  return { total, byClass, bySplit, byStatus }
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AdjustableKind, Finding, HygieneKind, HygieneSummary } from '../../contract/hygiene.ts'
import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { nearDuplicateCorrelation } from './compare-layouts.ts'
import { exactGroups, nearGroups } from './duplicate-groups.ts'
import { findIssues } from './find-issues.ts'
import { issueKinds } from './issue-kinds.ts'
import { usualMargin } from './judge-neighbours.ts'
import { checkLimit, readLimits } from './limits.ts'
import { countToPlace, oddNeighbours } from './odd-neighbours.ts'
import { countToScan } from './scan.ts'

const samplesPerKind = 4

const noNeighbours = { neighbourIds: [], neighbourClassId: null }

type Comparison = (a: Finding, b: Finding) => number
const conflictsFirst: Comparison = (a, b) => Number(b.isConflict) - Number(a.isConflict)

function exactFindings(project: OpenProject): Finding[] {
  return exactGroups(project)
    .map(({ imageId, paths, classes }) => ({
      imageIds: [imageId],
      paths,
      value: 1,
      isConflict: classes.length > 1,
      ...noNeighbours,
    }))
    .sort(conflictsFirst)
}

interface JudgedImage {
  id: number
  pixels: number
  sharpness: number
  sizeBytes: number
  /** Of its classes, ascending; null: unlabelled. */
  classes: string | null
}

function judgedImages({ database }: OpenProject, ids: readonly number[]): Map<number, JudgedImage> {
  const rows = database
    .prepare<[string], JudgedImage>(
      `SELECT images.id, coalesce(width * height, 0) AS pixels, coalesce(sharpness, 0) AS sharpness, size_bytes AS sizeBytes,
         (SELECT group_concat(class_id) FROM (SELECT class_id FROM annotations WHERE image_id = images.id ORDER BY class_id)) AS classes
       FROM json_each(?) AS asked JOIN images ON images.id = asked.value
       LEFT JOIN image_measurements AS measured ON measured.image_id = images.id`,
    )
    .all(JSON.stringify(ids))
  return new Map(rows.map((row) => [row.id, row]))
}

/** The picture with most pixels tells most; then the sharpest, then the least compressed, then the first. */
function better(a: JudgedImage, b: JudgedImage): number {
  return b.pixels - a.pixels || b.sharpness - a.sharpness || b.sizeBytes - a.sizeBytes || a.id - b.id
}

function nearFindings(project: OpenProject): Finding[] {
  const groups = nearGroups(project)
  const judged = judgedImages(
    project,
    groups.flatMap(({ imageIds }) => imageIds),
  )
  return groups
    .map(({ imageIds, similarity }) => {
      const images = imageIds.map((id) => judged.get(id) as JudgedImage).sort(better)
      const classes = new Set(images.flatMap((image) => image.classes ?? []))
      return {
        imageIds: images.map(({ id }) => id),
        paths: [],
        value: similarity,
        isConflict: classes.size > 1,
        ...noNeighbours,
      }
    })
    .sort((a, b) => conflictsFirst(a, b) || b.value - a.value)
}

function single({ id, value }: { id: number; value: number }): Finding {
  return { imageIds: [id], paths: [], value, isConflict: false, ...noNeighbours }
}

function oddFindings(project: OpenProject): Finding[] {
  return oddNeighbours(project).map(({ imageId, margin, neighbourIds, neighbourClassId }) => ({
    imageIds: [imageId],
    paths: [],
    value: margin,
    isConflict: false,
    neighbourIds,
    neighbourClassId,
  }))
}

/** Everything of one kind: conflicts first, then the worst. */
export async function findingsOf(project: OpenProject, kind: HygieneKind): Promise<Finding[]> {
  if (kind === 'exact-duplicates') return exactFindings(project)
  if (kind === 'near-duplicates') return nearFindings(project)
  if (kind === 'odd-neighbour') return oddFindings(project)
  const issues = (await findIssues(project)).find((one) => one.kind === kind)
  if (!issues) {
    const known = issueKinds.map((one) => one.kind).join(', ')
    throw new AppError('invalid-input', `There are no findings of the kind ${kind}; there are of ${known}.`)
  }
  return issues.images.map(single)
}

/**
 * How many findings there would be with another limit.
 *
 * @throws AppError 'invalid-input' where it is out of the range of its kind
 */
export async function countWithLimit(
  project: OpenProject,
  kind: AdjustableKind,
  limit: number,
): Promise<{ findings: number; isUsual: boolean }> {
  checkLimit(kind, limit)
  if (kind === 'near-duplicates') return { findings: nearGroups(project, limit).length, isUsual: false }
  if (kind === 'odd-neighbour') return { findings: oddNeighbours(project, limit).length, isUsual: false }
  const issues = (await findIssues(project, { [kind]: limit })).find((one) => one.kind === kind)
  return { findings: issues?.images.length ?? 0, isUsual: issues?.isUsual ?? false }
}

/** Everything of every kind, or of those that are wanted. */
export async function allFindings(
  project: OpenProject,
  isWanted: (kind: HygieneKind) => boolean = () => true,
): Promise<{ kind: HygieneKind; limit: number; usualLimit: number; findings: Finding[] }[]> {
  const issues = await findIssues(project)
  const limits = readLimits(project)
  const chosen = (kind: AdjustableKind, usualLimit: number) => ({
    kind,
    limit: limits[kind] ?? usualLimit,
    usualLimit,
  })
  const kinds = [
    { kind: 'exact-duplicates' as const, limit: 1, usualLimit: 1, find: () => exactFindings(project) },
    { ...chosen('near-duplicates', nearDuplicateCorrelation), find: () => nearFindings(project) },
    { ...chosen('odd-neighbour', usualMargin), find: () => oddFindings(project) },
    ...issues.map(({ kind, limit, usualLimit, images }) => ({
      kind,
      limit,
      usualLimit,
      find: () => images.map(single),
    })),
  ]
  const all = []
  for (const { find, ...rest } of kinds) {
    if (!isWanted(rest.kind)) continue
    all.push({ ...rest, findings: find() })
    await nextTurn()
    if (!project.database.open) throw new AppError('cancelled', 'The project was closed meanwhile.')
  }
  return all
}

/** Counts and some images of every kind. */
export async function summarize(project: OpenProject): Promise<HygieneSummary> {
  const groups = await allFindings(project)
  const images = project.database
    .prepare<[], number>('SELECT count(*) FROM images WHERE removed_at IS NULL')
    .pluck()
    .get()
  return {
    kinds: groups.map(({ kind, limit, usualLimit, findings }) => ({
      kind,
      limit,
      usualLimit,
      findings: findings.length,
      images: findings.reduce((sum, { imageIds }) => sum + imageIds.length, 0),
      conflicts: findings.filter(({ isConflict }) => isConflict).length,
      samples: findings.flatMap(({ imageIds }) => imageIds.slice(0, 2)).slice(0, samplesPerKind),
    })),
    images: images ?? 0,
    toScan: countToScan(project),
    toPlace: countToPlace(project),
  }
}

import { imageIssues, type ImageIssue } from '../../../contract/image-query.ts'
import { allFindings } from '../../hygiene/findings.ts'
import { oddNeighbours } from '../../hygiene/odd-neighbours.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import type { ImageTable } from './image-table.ts'
import { keptPerVersion } from './kept-per-version.ts'

/** The bit of a kind of issue. */
export function issueBit(issue: ImageIssue): number {
  return 1 << imageIssues.indexOf(issue)
}

interface KnownIssues {
  /** But for what changes with every label: conflicts among near duplicates, and odd neighbours. */
  bits: Uint32Array
  /** Ids of images that show the same. */
  nearGroups: readonly (readonly number[])[]
}

interface KnownNeighbours {
  versions: string
  oddIds: readonly number[]
}

const knownIssues = keptPerVersion('issuesVersion', readIssues)
const knownNeighbours = new WeakMap<OpenProject, KnownNeighbours>()

/**
 * What hygiene has found of each image, at the place of its id, as bits of `issueBit`.
 *
 * @param isWanted kinds that need not be known are left out where that saves time
 */
export async function imageIssueBits(
  project: OpenProject,
  table: ImageTable,
  isWanted: (issue: ImageIssue) => boolean,
): Promise<Uint32Array> {
  const found = await knownIssues(project, table)
  const bits = new Uint32Array(table.columns.splits.length)
  bits.set(found.bits.subarray(0, bits.length))
  const { classIds } = table.columns
  for (const ids of found.nearGroups) {
    const classes = new Set(ids.map((id) => classIds[id] ?? 0).filter((classId) => classId !== 0))
    if (classes.size > 1) addBit(bits, ids, issueBit('conflict'))
  }
  if (isWanted('odd-neighbour')) addBit(bits, oddIds(project, table), issueBit('odd-neighbour'))
  return bits
}

function addBit(bits: Uint32Array, ids: readonly number[], bit: number): void {
  for (const id of ids) bits[id] = (bits[id] ?? 0) | bit
}

function oddIds(project: OpenProject, { labelsVersion, orderVersion }: ImageTable): readonly number[] {
  const versions = `${labelsVersion} ${orderVersion}`
  let found = knownNeighbours.get(project)
  if (found?.versions !== versions) {
    found = { versions, oddIds: oddNeighbours(project).map(({ imageId }) => imageId) }
    knownNeighbours.set(project, found)
  }
  return found.oddIds
}

async function readIssues(project: OpenProject, { columns }: ImageTable): Promise<KnownIssues> {
  const bits = new Uint32Array(columns.splits.length)
  const nearGroups: number[][] = []
  for (const { kind, findings } of await allFindings(project, (one) => one !== 'odd-neighbour')) {
    for (const { imageIds, isConflict } of findings) {
      addBit(bits, imageIds, issueBit(kind))
      if (kind === 'near-duplicates') nearGroups.push(imageIds)
      else if (isConflict) addBit(bits, imageIds, issueBit('conflict'))
    }
  }
  return { bits, nearGroups }
}

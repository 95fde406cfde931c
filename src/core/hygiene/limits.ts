import { z } from 'zod'
import { adjustableKindSchema, limitRanges, type AdjustableKind } from '../../contract/hygiene.ts'
import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readMeta, writeMeta } from '../store/meta.ts'

const limitsSchema = z.partialRecord(adjustableKindSchema, z.number())
/** The limits that a person chose, by kind. */
export type Limits = z.infer<typeof limitsSchema>

/** Where they are kept in `meta`. */
export const limitsKey = 'hygiene.limits'

/** Those kept with the project; a kind without one is as usual. */
export function readLimits({ database }: OpenProject): Limits {
  const text = readMeta(database, limitsKey)
  return text === undefined ? {} : limitsSchema.parse(JSON.parse(text))
}

/** @throws AppError 'invalid-input' that names the range of the kind */
export function checkLimit(kind: AdjustableKind, limit: number): void {
  const { least, most } = limitRanges[kind]
  if (limit >= least && limit <= most) return
  throw new AppError(
    'invalid-input',
    `The limit of ${kind} was expected from ${least} to ${most}; got ${limit}.`,
    { kind, limit, least, most },
  )
}

/**
 * Keeps where findings of a kind begin.
 *
 * @param limit null: as usual again
 * @throws AppError 'invalid-input' where it is out of the range of its kind
 */
export function storeLimit(project: OpenProject, kind: AdjustableKind, limit: number | null): void {
  if (limit !== null) checkLimit(kind, limit)
  const { [kind]: _before, ...others } = readLimits(project)
  const limits: Limits = limit === null ? others : { ...others, [kind]: limit }
  project.transaction(() => writeMeta(project.database, limitsKey, JSON.stringify(limits)))
}

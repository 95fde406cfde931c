import { splitNames, type Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { changeSplits } from './change-splits.ts'
import { countUnits, planSplits, type SplitItem } from './plan-splits.ts'
import { countSplits, splitItems } from './split-items.ts'

export type MakeSplitsInput = Omit<RequestParsedInput<'splits.make'>, 'projectId'>

/**
 * Splits the labelled images; unlabelled ones keep what they have. Near duplicates that a scan found, and bursts, stay on one side.
 * @throws split-invalid where the shares leave nothing to train on
 */
export function makeSplits(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  input: MakeSplitsInput,
): RequestOutput<'splits.make'> {
  const { validation, test, seed, keep } = input
  if (validation + test > 0.95) {
    throw new AppError(
      'split-invalid',
      `Validation ${validation} and test ${test} together leave too little to train on. Let them add up to at most 0.95.`,
      { validation, test },
    )
  }
  const items = splitItems(project)
  const changes = planSplits(items, { validation, test }, seed, keep)
  project.transaction(() => {
    changeSplits(context, project, changes, {
      kind: 'splits.make',
      summary: { images: changes.size, validation, test, seed },
    })
    rememberShares(project, input)
  })
  const placed = items.map((item) => ({ ...item, split: changes.get(item.id) ?? item.split }))
  const counts = countSplits(project)
  return {
    train: counts.train,
    validation: counts.validation,
    test: counts.test,
    groups: countUnits(items),
    warnings: smallClasses(project, placed, [
      'train',
      ...(validation > 0 ? (['validation'] as const) : []),
      ...(test > 0 ? (['test'] as const) : []),
    ]),
  }
}

/** The shares last asked for, so that images added later can be placed alike. */
export function rememberedShares({ database }: OpenProject): MakeSplitsInput | null {
  const json = database.prepare<[], string>("SELECT value FROM meta WHERE key = 'split'").pluck().get()
  return json === undefined ? null : (JSON.parse(json) as MakeSplitsInput)
}

function rememberShares({ database }: OpenProject, input: MakeSplitsInput): void {
  const { validation, test, seed } = input
  database
    .prepare(
      "INSERT INTO meta (key, value) VALUES ('split', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .run(JSON.stringify({ validation, test, seed, keep: true } satisfies MakeSplitsInput))
}

function smallClasses(
  { database }: OpenProject,
  items: readonly SplitItem[],
  wanted: readonly Split[],
): RequestOutput<'splits.make'>['warnings'] {
  const strata = new Map<number, { images: number; splits: Set<Split> }>()
  for (const { stratum, split } of items) {
    const entry = strata.get(stratum) ?? { images: 0, splits: new Set<Split>() }
    entry.images += 1
    if (split) entry.splits.add(split)
    strata.set(stratum, entry)
  }
  const classes = database
    .prepare<[], { id: number; name: string }>(
      'SELECT id, name FROM classes WHERE deleted_at IS NULL ORDER BY position',
    )
    .all()
  return classes.flatMap(({ id, name }) => {
    const entry = strata.get(id)
    if (!entry) return []
    const missingFrom = splitNames.filter((split) => wanted.includes(split) && !entry.splits.has(split))
    return missingFrom.length ? [{ class: name, images: entry.images, missingFrom }] : []
  })
}

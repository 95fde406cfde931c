import type { Run, RunGroup } from '../../../../contract/entities.ts'

/** What the table of runs can be sorted by. */
export const runColumns = [
  'name',
  'status',
  'created',
  'backbone',
  'trainable',
  'epochs',
  'valAccuracy',
  'test',
  'duration',
] as const
export type RunColumn = (typeof runColumns)[number]

export interface RunSort {
  column: RunColumn
  descending: boolean
}

/** How long a run took, in seconds; null before it has ended. */
export function durationOf(run: Run): number | null {
  if (run.startedAt === null || run.endedAt === null) return null
  return (run.endedAt - run.startedAt) / 1000
}

function keyOf(run: Run, column: RunColumn): string | number | null {
  switch (column) {
    case 'name':
      return run.name
    case 'status':
      return run.status
    case 'created':
      return run.createdAt
    case 'backbone':
      return `${run.plan.backbone} ${run.plan.mode}`
    case 'trainable':
      return run.trainableParameters
    case 'epochs':
      return run.epochsDone
    case 'valAccuracy':
      return run.valAccuracy
    case 'test':
      return run.test?.accuracy ?? null
    case 'duration':
      return durationOf(run)
  }
}

/** A sorted copy. Runs without a value stand last in both directions; equal ones the newest first. */
export function sortRuns(runs: readonly Run[], sort: RunSort, locale?: string): Run[] {
  return sortBy(
    runs,
    (run) => keyOf(run, sort.column),
    (run) => run.createdAt,
    sort.descending,
    locale,
  )
}

function sortBy<Item>(
  items: readonly Item[],
  key: (item: Item) => string | number | null,
  createdAt: (item: Item) => number,
  descending: boolean,
  locale?: string,
): Item[] {
  const collator = new Intl.Collator(locale, { numeric: true })
  const sign = descending ? -1 : 1
  return [...items].sort((a, b) => {
    const left = key(a)
    const right = key(b)
    if (left === null || right === null) {
      if (left === right) return createdAt(b) - createdAt(a)
      return left === null ? 1 : -1
    }
    const order =
      typeof left === 'string' || typeof right === 'string'
        ? collator.compare(String(left), String(right))
        : left - right
    return order === 0 ? createdAt(b) - createdAt(a) : sign * order
  })
}

/** A line of the table: a run, a group that its runs can be folded into, or why a group ended. */
export type TableRow =
  | { readonly kind: 'run'; readonly key: string; readonly run: Run; readonly group: RunGroup | null }
  | {
      readonly kind: 'group'
      readonly key: string
      readonly group: RunGroup
      /** Those that are still there. */
      readonly runs: readonly Run[]
      /** By core's choice, where that run is still there. */
      readonly best: Run | null
      readonly isOpen: boolean
    }
  | { readonly kind: 'why'; readonly key: string; readonly group: RunGroup }

/** How long the runs of a group took together, in seconds; null where none has ended. */
export function groupDuration(runs: readonly Run[]): number | null {
  const known = runs.map(durationOf).filter((seconds) => seconds !== null)
  return known.length === 0 ? null : known.reduce((sum, seconds) => sum + seconds, 0)
}

/**
 * The lines in their order, pinned ones above the others: a group stands where its best run would, and its runs, sorted the same way, below it where it is open.
 *
 * @param open ids of groups that are not folded
 */
export function tableRows(
  runs: readonly Run[],
  groups: ReadonlyMap<string, RunGroup>,
  sort: RunSort,
  open: ReadonlySet<string>,
  locale?: string,
): TableRow[] {
  const members = new Map<string, Run[]>()
  const alone: Run[] = []
  for (const run of runs) {
    // Of a group that was not read yet, or whose other runs were deleted, a run stands alone.
    if (run.group === null || !groups.has(run.group)) alone.push(run)
    else members.set(run.group, [...(members.get(run.group) ?? []), run])
  }
  const items = [
    ...alone.map((run) => ({ run, group: null, of: [] as Run[] })),
    ...[...members].map(([id, of]) => ({ run: null, group: groups.get(id) as RunGroup, of })),
  ]
  const key = (item: (typeof items)[number]) =>
    item.run === null ? groupKey(item.group, item.of, sort.column) : keyOf(item.run, sort.column)
  const createdAt = (item: (typeof items)[number]) => (item.run ?? item.group).createdAt
  const sorted = sortBy(items, key, createdAt, sort.descending, locale)
  const isPinned = (item: (typeof items)[number]) => item.run?.pinned ?? item.of.some((run) => run.pinned)
  const pinnedFirst = [...sorted.filter(isPinned), ...sorted.filter((item) => !isPinned(item))]
  return pinnedFirst.flatMap((item): TableRow[] => {
    if (item.run !== null) return [{ kind: 'run', key: item.run.id, run: item.run, group: null }]
    const { group, of } = item
    const isOpen = open.has(group.id)
    const best = of.find(({ id }) => id === group.best) ?? null
    const head: TableRow = { kind: 'group', key: group.id, group, runs: of, best, isOpen }
    if (!isOpen) return [head]
    const hasWhy = group.stoppedBecause !== null || group.status === 'interrupted'
    return [
      head,
      ...(hasWhy ? [{ kind: 'why', key: `${group.id} why`, group } as const] : []),
      ...sortRuns(of, sort, locale).map((run) => ({ kind: 'run', key: run.id, run, group }) as const),
    ]
  })
}

function groupKey(group: RunGroup, runs: readonly Run[], column: RunColumn): string | number | null {
  switch (column) {
    case 'name':
      return group.name
    case 'status':
      return group.status
    case 'created':
      return group.createdAt
    case 'duration':
      return groupDuration(runs)
    default: {
      const best = runs.find(({ id }) => id === group.best)
      return best === undefined ? null : keyOf(best, column)
    }
  }
}

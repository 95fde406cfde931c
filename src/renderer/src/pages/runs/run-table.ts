import type { Run } from '../../../../contract/entities.ts'

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
export function sortRuns(runs: readonly Run[], { column, descending }: RunSort, locale?: string): Run[] {
  const collator = new Intl.Collator(locale, { numeric: true })
  const sign = descending ? -1 : 1
  return [...runs].sort((a, b) => {
    const left = keyOf(a, column)
    const right = keyOf(b, column)
    if (left === null || right === null) {
      if (left === right) return b.createdAt - a.createdAt
      return left === null ? 1 : -1
    }
    const order =
      typeof left === 'string' || typeof right === 'string'
        ? collator.compare(String(left), String(right))
        : left - right
    return order === 0 ? b.createdAt - a.createdAt : sign * order
  })
}

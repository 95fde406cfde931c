import type { Split } from '../../../../contract/entities.ts'
import { splitNames } from '../../../../contract/entities.ts'

/** What one class brings to a training. */
export interface ClassData {
  name: string
  color: string
  total: number
  /** Null where it was not counted: too many images to ask for. */
  splits: Record<Split, number> | null
}

/** What a training would see, and what a person should know of it before. */
export interface TrainingData {
  classes: ClassData[]
  labelled: number
  unlabelled: number
  splits: Record<Split | 'none', number>
  /** Of images whose bytes are still to be read. */
  pending: number
  unusable: number
}

/** From this ratio of the largest to the smallest class on, weights are offered. */
export const imbalanceRatio = 3
/** A class with fewer images is called small. */
export const smallClassImages = 10

export type DataWarning =
  | { kind: 'small-class'; classes: string[] }
  | { kind: 'imbalance'; ratio: number; largest: string; smallest: string }
  | { kind: 'unlabelled'; count: number }
  | { kind: 'pending'; count: number }
  | { kind: 'unusable'; count: number }
  | { kind: 'no-split'; count: number }
  | { kind: 'some-without-split'; count: number }
  | { kind: 'validation-from-train' }
  | { kind: 'no-test' }

/** Why training cannot start, or null. */
export type DataProblem =
  { kind: 'no-images' } | { kind: 'no-labels' } | { kind: 'one-class'; name: string } | { kind: 'no-train' }

export function findProblem(data: TrainingData): DataProblem | null {
  if (data.labelled + data.unlabelled === 0) return { kind: 'no-images' }
  const filled = data.classes.filter(({ total }) => total > 0)
  const [only] = filled
  if (only === undefined) return { kind: 'no-labels' }
  if (filled.length === 1) return { kind: 'one-class', name: only.name }
  const { train, validation, test } = data.splits
  return train === 0 && validation + test > 0 ? { kind: 'no-train' } : null
}

/** The gravest first. */
export function findWarnings(data: TrainingData): DataWarning[] {
  const warnings: DataWarning[] = []
  const filled = data.classes.filter(({ total }) => total > 0)
  const placed = splitNames.reduce((sum, split) => sum + data.splits[split], 0)
  if (placed === 0 && data.labelled > 0) warnings.push({ kind: 'no-split', count: data.labelled })
  else if (data.labelled > 0) {
    if (data.splits.none > 0) warnings.push({ kind: 'some-without-split', count: data.splits.none })
    if (data.splits.validation === 0 && data.splits.train > 0)
      warnings.push({ kind: 'validation-from-train' })
    if (data.splits.test === 0) warnings.push({ kind: 'no-test' })
  }
  const small = filled.filter(({ total }) => total < smallClassImages)
  if (small.length > 0) warnings.push({ kind: 'small-class', classes: small.map(({ name }) => name) })
  const sorted = [...filled].sort((a, b) => a.total - b.total)
  const [smallest] = sorted
  const largest = sorted.at(-1)
  if (smallest && largest && largest.total / smallest.total >= imbalanceRatio) {
    warnings.push({
      kind: 'imbalance',
      ratio: largest.total / smallest.total,
      largest: largest.name,
      smallest: smallest.name,
    })
  }
  if (data.unlabelled > 0) warnings.push({ kind: 'unlabelled', count: data.unlabelled })
  if (data.pending > 0) warnings.push({ kind: 'pending', count: data.pending })
  if (data.unusable > 0) warnings.push({ kind: 'unusable', count: data.unusable })
  return warnings
}

/** How many ids of each class are in each split. */
export function crossCount(
  classIds: readonly (readonly number[])[],
  splitIds: Readonly<Record<Split, readonly number[]>>,
): Record<Split, number>[] {
  const splitOf = new Map<number, Split>()
  for (const split of splitNames) for (const id of splitIds[split]) splitOf.set(id, split)
  return classIds.map((ids) => {
    const counts = { train: 0, validation: 0, test: 0 }
    for (const id of ids) {
      const split = splitOf.get(id)
      if (split) counts[split] += 1
    }
    return counts
  })
}

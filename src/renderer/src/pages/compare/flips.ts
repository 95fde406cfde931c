import type { Flip } from '../../../../contract/comparison.ts'

/** What a flip means: the second run has it right, the first had, or neither. */
export const flipKinds = ['fixed', 'broken', 'other'] as const
export type FlipKind = (typeof flipKinds)[number]

export function flipKind({ truth, a, b }: Pick<Flip, 'truth' | 'a' | 'b'>): FlipKind {
  if (b.class === truth) return 'fixed'
  return a.class === truth ? 'broken' : 'other'
}

/** @param className of the truth; null: any */
export function filterFlips(
  flips: readonly Flip[],
  kind: FlipKind | 'all',
  className: string | null,
): Flip[] {
  return flips.filter(
    (flip) => (kind === 'all' || flipKind(flip) === kind) && (className === null || flip.truth === className),
  )
}

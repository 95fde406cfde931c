import { rangeOf } from './axis-ticks.ts'

/** Columns of one length; `x` ascends. */
export interface PlainCurve {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * What axes must show so that every finite point is on them, with room above and below: x from 0, shares at most 1, and nothing below 0
 * where no value is.
 *
 * @returns null where there is no finite point
 */
export function curveRange(
  curves: readonly PlainCurve[],
  kind: 'number' | 'share',
): { x: readonly [number, number]; y: readonly [number, number] } | null {
  const x = rangeOf(curves.flatMap((curve) => [curve.x[0] ?? NaN, curve.x[curve.x.length - 1] ?? NaN]))
  let low = Infinity
  let high = -Infinity
  for (const curve of curves) {
    const own = rangeOf(curve.y)
    if (own === null) continue
    low = Math.min(low, own[0])
    high = Math.max(high, own[1])
  }
  if (x === null || low > high) return null
  const room = (high - low || Math.abs(high) || 1) * 0.05
  const top = kind === 'share' ? Math.min(1, high + room) : high + room
  const bottom = low >= 0 ? Math.max(0, low - room) : low - room
  return { x: [Math.min(0, x[0]), x[1]], y: [bottom, top] }
}

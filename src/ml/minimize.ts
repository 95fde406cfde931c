/** A function's value and gradient at a point. */
export interface Evaluation {
  readonly value: number
  /** As long as the point. */
  readonly gradient: Float64Array
}

export interface MinimizeOptions {
  /** At most so many steps. */
  readonly iterations: number
  /** It ends where the largest part of the gradient is at most this. */
  readonly tolerance: number
  /** Called after each step: may wait, and may throw to end it. */
  readonly onIteration?: () => Promise<void>
}

/** Pairs of steps and changes of the gradient that are remembered. */
const memory = 10
/** Of the slope: how much of what it promises a step must give (Armijo). */
const sufficientDecrease = 1e-4
const mostHalvings = 25

/**
 * Minimises a smooth function by L-BFGS with a backtracking line search.
 *
 * @param start is not changed
 * @returns the point with the least value found
 * @see Liu, Nocedal: On the limited memory BFGS method for large scale optimization (1989), https://doi.org/10.1007/BF01589116
 */
export async function minimize(
  evaluate: (point: Float64Array) => Evaluation,
  start: Float64Array,
  { iterations, tolerance, onIteration }: MinimizeOptions,
): Promise<Float64Array> {
  let point = start
  let here = evaluate(point)
  const pairs: { step: Float64Array; change: Float64Array; curvature: number }[] = []
  for (let iteration = 0; iteration < iterations && largest(here.gradient) > tolerance; iteration += 1) {
    const direction = descent(here.gradient, pairs)
    const slope = dot(direction, here.gradient)
    // The first step has no curvature to go by.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
    let next = moved(point, direction, length)
    let there = evaluate(next)
    for (let halvings = 0; there.value > here.value + sufficientDecrease * length * slope; halvings += 1) {
      // Rounding hides what is left to gain.
      if (halvings === mostHalvings) return point
      length /= 2
      next = moved(point, direction, length)
      there = evaluate(next)
    }
    const step = direction.map((value) => value * length)
    const change = there.gradient.map((value, index) => value - (here.gradient[index] as number))
    const curvature = dot(step, change)
    if (curvature > 1e-12 * dot(change, change)) {
      pairs.push({ step, change, curvature })
      if (pairs.length > memory) pairs.shift()
    }
    point = next
    here = there
    await onIteration?.()
  }
  return point
}

/** The two-loop recursion: the negative gradient times the remembered approximation of the inverse Hessian. */
function descent(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value)
  const factors: number[] = []
  for (const { step, change, curvature } of pairs.toReversed()) {
    const factor = dot(step, direction) / curvature
    factors.push(factor)
    add(direction, change, -factor)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change)
    direction.forEach((value, index) => (direction[index] = value * scale))
  }
  for (const { step, change, curvature } of pairs) {
    const factor = factors.pop() as number
    add(direction, step, factor - dot(change, direction) / curvature)
  }
  return direction
}

function moved(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  return point.map((value, index) => value + length * (direction[index] as number))
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] as number) + factor * (other[index] as number)
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number)
  return sum
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}

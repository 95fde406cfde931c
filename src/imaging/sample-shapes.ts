import type { Random } from '../models/random.ts'
import type { SampleShape } from './sample-classes.ts'

/** Radius of the outline at an angle, within (0, 1]; `hole` is the radius of a hole in the middle, 0 for none. */
export interface Outline {
  radius: (angle: number) => number
  hole: number
}

function solid(radius: (angle: number) => number): Outline {
  return { radius, hole: 0 }
}

/** A regular polygon's outline. */
function polygon(corners: number): (angle: number) => number {
  const sector = (2 * Math.PI) / corners
  return (angle) => {
    const within = angle - sector * Math.round(angle / sector)
    return Math.cos(sector / 2) / Math.cos(within)
  }
}

/** The sharp corners of `radius` drawn in: the mean over a few neighbouring angles. */
function rounded(radius: (angle: number) => number, width = 0.12): (angle: number) => number {
  return (angle) =>
    (radius(angle - width) +
      radius(angle - width / 2) +
      radius(angle) +
      radius(angle + width / 2) +
      radius(angle + width)) /
    5
}

/** Outlines by name; `random` varies what may vary within a class. */
export const outlines: Record<SampleShape, (random: Random) => Outline> = {
  pebble(random) {
    const phases = [random.uniform(0, 6.3), random.uniform(0, 6.3), random.uniform(0, 6.3)] as const
    return solid(
      (a) =>
        0.82 +
        0.1 * Math.sin(2 * a + phases[0]) +
        0.05 * Math.sin(3 * a + phases[1]) +
        0.02 * Math.sin(5 * a + phases[2]),
    )
  },
  leaf(random) {
    const slim = random.uniform(0.42, 0.58)
    return solid((a) => {
      const s = Math.abs(Math.sin(a))
      // Two circular arcs that meet in points at both ends.
      const k = (1 - slim * slim) / (2 * slim)
      return Math.sqrt(k * k * s * s + 1) - k * s
    })
  },
  flower(random) {
    const petals = 5 + random.integer(3)
    return solid((a) => 0.56 + 0.44 * Math.pow(Math.abs(Math.cos((petals * a) / 2)), 0.8))
  },
  star(random) {
    const depth = random.uniform(0.42, 0.52)
    return solid((a) => {
      const within = Math.abs((((((a * 5) / (2 * Math.PI)) % 1) + 1.5) % 1) - 0.5) * 2
      return 1 / (1 + within * (1 / depth - 1))
    })
  },
  gear(random) {
    const teeth = 9 + random.integer(4)
    return { radius: (a) => 0.87 + 0.12 * Math.max(-1, Math.min(1, 3.5 * Math.sin(teeth * a))), hole: 0.24 }
  },
  shell(random) {
    const ribs = 9 + random.integer(4)
    return solid((a) => {
      // A fan above its hinge: long and ribbed over three quarters of the turn, short below.
      const fan = Math.min(1, Math.max(0, (1.05 + Math.cos(a)) * 2))
      return 0.3 + fan * (0.58 + 0.1 * Math.abs(Math.cos(ribs * a * 0.5)))
    })
  },
  heart: () =>
    solid((a) => {
      const s = Math.sin(a)
      const c = Math.abs(Math.cos(a))
      return 0.36 * (2 - 2 * s + (s * Math.sqrt(c)) / (s + 1.4)) * 0.78
    }),
  tile: () => solid(rounded((a) => polygon(4)(a) * 1.02, 0.08)),
  drop: () => solid((a) => 0.55 + 0.45 * Math.pow(Math.max(0, Math.cos(a)), 5) + 0.06 * Math.cos(a)),
  clover: (random) => {
    const leaves = 3 + random.integer(2)
    return solid((a) => 0.42 + 0.56 * Math.sqrt(Math.abs(Math.cos((leaves * a) / 2))))
  },
  nut: () => ({ radius: rounded(polygon(6), 0.06), hole: 0.42 }),
  ring: () => ({ radius: () => 0.95, hole: 0.52 }),
  bean: () => solid((a) => 0.66 + 0.26 * Math.cos(2 * a) - 0.2 * Math.sin(a)),
  triangle: () => solid(rounded(polygon(3), 0.1)),
  cross: () =>
    solid((a) => Math.min(1, 0.36 / Math.max(0.01, Math.min(Math.abs(Math.sin(a)), Math.abs(Math.cos(a)))))),
  moon: () =>
    solid((a) => {
      // Seen from inside the crescent's belly: the outer arc, and the bite on the right.
      const bite = Math.max(0, Math.cos(a))
      return 0.95 - 0.8 * Math.pow(bite, 1.4)
    }),
}

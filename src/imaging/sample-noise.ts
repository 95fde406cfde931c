/** A number in [0, 1) for a lattice point; equal arguments give equal numbers on every machine. */
export function latticeNoise(x: number, y: number, seed: number): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ seed
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}

/** Value noise in [0, 1], smooth between lattice points. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const dx = x - left
  const dy = y - top
  const sx = dx * dx * (3 - 2 * dx)
  const sy = dy * dy * (3 - 2 * dy)
  const a = latticeNoise(left, top, seed)
  const b = latticeNoise(left + 1, top, seed)
  const c = latticeNoise(left, top + 1, seed)
  const d = latticeNoise(left + 1, top + 1, seed)
  const upper = a + (b - a) * sx
  return upper + (c + (d - c) * sx - upper) * sy
}

/** Three octaves of `smoothNoise`, in [0, 1]. */
export function cloudNoise(x: number, y: number, seed: number): number {
  return (
    smoothNoise(x, y, seed) * 0.57 +
    smoothNoise(x * 2.1, y * 2.1, seed + 1) * 0.29 +
    smoothNoise(x * 4.3, y * 4.3, seed + 2) * 0.14
  )
}

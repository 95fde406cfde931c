import type { SampleTexture } from './sample-classes.ts'
import { cloudNoise, latticeNoise, smoothNoise } from './sample-noise.ts'

export interface TextureParameters {
  /** Periods over the object's radius. */
  frequency: number
  phase: number
  seed: number
}

/** Share of the second colour, [0, 1], at a point of the object; the object lies within -1 to 1. */
export type Texture = (u: number, v: number, parameters: TextureParameters) => number

function edge(value: number, sharpness = 3): number {
  return Math.min(1, Math.max(0, 0.5 + value * sharpness))
}

/** Far faster than Math.hypot, which guards against overflow. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y)
}

function fraction(value: number): number {
  return value - Math.floor(value)
}

function cracks(u: number, v: number, { frequency, seed }: TextureParameters): number {
  const x = u * frequency * 0.8
  const y = v * frequency * 0.8
  const column = Math.floor(x)
  const row = Math.floor(y)
  let nearest = 9
  let second = 9
  for (let j = -1; j <= 1; j += 1) {
    for (let i = -1; i <= 1; i += 1) {
      const cellX = column + i
      const cellY = row + j
      const dx = cellX + latticeNoise(cellX, cellY, seed) - x
      const dy = cellY + latticeNoise(cellX, cellY, seed + 7) - y
      const distance = dx * dx + dy * dy
      if (distance < nearest) {
        second = nearest
        nearest = distance
      } else if (distance < second) second = distance
    }
  }
  return edge(Math.sqrt(second) - Math.sqrt(nearest) - 0.14, 6)
}

function speckles(u: number, v: number, { frequency, seed }: TextureParameters): number {
  let value = 0
  for (let layer = 0; layer < 2; layer += 1) {
    const scale = frequency * (layer === 0 ? 1.1 : 2)
    const x = u * scale
    const y = v * scale
    const column = Math.floor(x)
    const row = Math.floor(y)
    const kind = latticeNoise(column, row, seed + layer * 31)
    if (kind < 0.3) continue
    const centreX = column + 0.3 + 0.4 * latticeNoise(column, row, seed + 3 + layer)
    const centreY = row + 0.3 + 0.4 * latticeNoise(column, row, seed + 5 + layer)
    value = Math.max(value, edge(0.1 + 0.18 * kind - length(x - centreX, y - centreY), 7))
  }
  return value
}

export const textures: Record<SampleTexture, Texture> = {
  striped: (u, _v, { frequency, phase }) => edge(Math.sin(u * frequency * 3 + phase)),
  dotted(u, v, { frequency, phase }) {
    const y = v * frequency * 0.9 + phase
    const row = Math.floor(y)
    const x = u * frequency * 0.9 + (row % 2) * 0.5 + phase
    return edge(0.3 - length(fraction(x) - 0.5, fraction(y) - 0.5), 8)
  },
  checked: (u, v, { frequency, phase }) =>
    edge(Math.sin(u * frequency * 2.2 + phase) * Math.sin(v * frequency * 2.2 + phase), 5),
  woven(u, v, { frequency, phase }) {
    const x = u * frequency * 0.9 + phase
    const y = v * frequency * 0.9 + phase
    const over = (Math.floor(x) + Math.floor(y)) % 2 === 0
    const across = over ? fraction(y) : fraction(x)
    const along = over ? fraction(x) : fraction(y)
    const strand = Math.sin(across * Math.PI) * (0.55 + 0.45 * Math.sin(along * Math.PI))
    return over ? strand : strand * 0.55
  },
  ringed: (u, v, { frequency, phase }) => edge(Math.sin(length(u - 0.1, v + 0.06) * frequency * 3.4 + phase)),
  marbled(u, v, { frequency, phase, seed }) {
    const warp = cloudNoise(u * 1.6 + 9, v * 1.6 + 9, seed) * 9
    return Math.pow(Math.abs(Math.sin((u + v) * frequency * 0.45 + warp + phase)), 0.6)
  },
  scaly(u, v, { frequency }) {
    const y = v * frequency
    let value = 0
    for (let step = 0; step < 2; step += 1) {
      const row = Math.floor(y) + step
      const x = u * frequency * 0.75 + (row % 2 === 0 ? 0 : 0.5)
      const distance = length((fraction(x) - 0.5) * 1.35, (y - row) * 0.75 + 0.1)
      if (distance < 0.72) {
        value = 1 - Math.pow(distance / 0.72, 3)
        break
      }
    }
    return value
  },
  zigzag(u, v, { frequency, phase }) {
    const tooth = Math.abs(fraction(u * frequency * 0.55 + phase) - 0.5) * 2
    return edge(Math.sin((v * frequency * 0.62 + tooth * 0.55) * Math.PI * 2))
  },
  cracked: cracks,
  speckled: speckles,
  wavy: (u, v, { frequency, phase }) =>
    edge(Math.sin((v + 0.16 * Math.sin(u * frequency * 1.7 + phase)) * frequency * 2.8)),
  gridded(u, v, { frequency, phase }) {
    const x = Math.abs(fraction(u * frequency * 0.7 + phase) - 0.5)
    const y = Math.abs(fraction(v * frequency * 0.7 + phase) - 0.5)
    return edge(0.085 - Math.min(x, y), 14)
  },
  grained(u, v, { frequency, seed }) {
    const bend = 0.25 * smoothNoise(u * 2, v * 2, seed + 4)
    const rings = Math.sin((v + bend) * frequency * 2.2 + 6 * smoothNoise(u * 0.8, v * 2.5, seed))
    return 0.55 * edge(rings, 0.6) + 0.45 * smoothNoise(u * 3, v * 34, seed + 2)
  },
  diamond(u, v, { frequency, phase }) {
    const a = fraction((u + v * 0.6) * frequency * 0.5 + phase) - 0.5
    const b = fraction((u - v * 0.6) * frequency * 0.5 + phase) - 0.5
    const line = edge(0.05 - Math.min(Math.abs(a), Math.abs(b)), 16)
    return Math.max(line, a * b > 0 ? 0.62 : 0)
  },
}

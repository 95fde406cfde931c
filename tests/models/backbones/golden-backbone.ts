import { readFileSync, readdirSync } from 'node:fs'
import type { Convention } from '../../../src/models/backbone.ts'
import { goldenInput, type GoldenPattern } from '../../fixtures/golden/golden-input.ts'

const folder = new URL('../../fixtures/golden/backbones/', import.meta.url)

/** Of one layer's value, flat with channels fastest. */
export interface GoldenLayer {
  readonly count: number
  readonly mean: number
  /** Of the magnitudes. */
  readonly maximum: number
  /** At the places that {@link sampledIndex} gives. */
  readonly values: readonly number[]
}

/** What a publisher's package gives for one network, by scripts/weights/golden-backbones.py. */
export interface GoldenBackbone {
  readonly id: string
  readonly convention: Convention
  /** Name and version. */
  readonly package: string
  readonly size: number
  readonly gain: number
  readonly variance: number
  readonly cases: readonly {
    readonly pattern: GoldenPattern
    readonly layers: Readonly<Record<string, GoldenLayer>>
  }[]
}

/** All of them that there are. */
export function readGoldenBackbones(): GoldenBackbone[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenBackbone)
}

/** The picture of a case as the network takes it. */
export function goldenPicture(pattern: GoldenPattern, size: number): Float32Array {
  return goldenInput(pattern, size, 127.5, 64)
}

/** The place of the `sample`th value in a layer of `count`. */
export function sampledIndex(sample: number, count: number): number {
  return (sample * 2654435761) % count
}

/** The largest difference of a layer's samples and mean, as a share of the layer's largest magnitude. */
export function relativeDifference(received: Float32Array, golden: GoldenLayer): number {
  if (received.length !== golden.count) {
    throw new Error(`The layer should have ${golden.count} values, and has ${received.length}.`)
  }
  const mean = received.reduce((sum, value) => sum + value, 0) / received.length
  let worst = Math.abs(mean - golden.mean)
  golden.values.forEach((expected, sample) => {
    const value = received[sampledIndex(sample, golden.count)] ?? NaN
    worst = Math.max(worst, Math.abs(value - expected))
  })
  // A maximum hides NaN.
  return Number.isNaN(mean) ? NaN : worst / golden.maximum
}

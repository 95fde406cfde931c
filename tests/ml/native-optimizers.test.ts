import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { nativeKernels, provideNativeKernels, type NativeKernels } from '../../src/ml/native/kernels.ts'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import { createRandom } from '../../src/models/random.ts'
import type { OptimizerSettings } from '../../src/models/training/optimizers.ts'
import { chooseEngine, nativeProblem } from './engine.ts'

const settings: OptimizerSettings[] = [
  { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0.01 },
  { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
  { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { name: 'adam', momentum: 0, nesterov: false, weightDecay: 0.01 },
  { name: 'adamw', momentum: 0, nesterov: false, weightDecay: 0.01 },
  { name: 'rmsprop', momentum: 0, nesterov: false, weightDecay: 0.01 },
  { name: 'rmsprop', momentum: 0.9, nesterov: false, weightDecay: 0 },
]

/** More than one thread's piece, and no multiple of a register. */
const size = 150_003

function run(setting: OptimizerSettings): Map<string, Float32Array> {
  const random = createRandom({ seed: 3, purpose: 'optimizer' })
  const values = Float32Array.from({ length: size }, () => random.normal())
  const name = 'layer/kernel'
  const optimizer = createOptimizer(setting, new Map([[name, size]]))
  for (let step = 0; step < 3; step += 1) {
    const slopes = Float32Array.from({ length: size }, () => random.normal() * 10 ** -step)
    optimizer.apply(new Map([[name, values]]), new Map([[name, slopes]]), () => 0.01)
  }
  return new Map([...optimizer.slots(), ['values', values]])
}

describe.skipIf(nativeProblem !== null)("update rules by Thaw's own kernels", () => {
  let kernels: NativeKernels | null = null
  beforeAll(async () => {
    await chooseEngine('native')
    kernels = nativeKernels()
  })
  afterEach(() => provideNativeKernels(kernels))

  it('are loaded with the native engine', () => {
    expect(kernels).not.toBeNull()
  })

  it.each(settings)('give the bits of the plain loops: $name, momentum $momentum', (setting) => {
    const fast = run(setting)
    provideNativeKernels(null)
    const plain = run(setting)
    for (const [name, values] of plain) {
      const received = fast.get(name)!
      expect(
        values.findIndex((value, index) => !Object.is(value, received[index])),
        name,
      ).toBe(-1)
    }
  })

  it('refuse arrays of different lengths', () => {
    const [one, other] = [new Float32Array(3), new Float32Array(4)]
    expect(() => kernels!.sgd(Float64Array.of(0.1, 0, 0, 0), one, other)).toThrow('of one length')
  })
})

import { describe, expect, it } from 'vitest'
import { expectedValues, readTiny, weightsFixture } from './tiny-backbone.ts'

/** The largest difference from what the formula gives, over all parameters. */
function largestDifference(values: ReadonlyMap<string, Float32Array>, convention: 'keras' | 'torch'): number {
  const expected = expectedValues(convention)
  let worst = 0
  for (const [name, own] of values) {
    const wanted = expected.get(name)
    expect(wanted?.length, name).toBe(own.length)
    own.forEach((value, index) => (worst = Math.max(worst, Math.abs(value - (wanted?.[index] ?? NaN)))))
  }
  return worst
}

describe('the same weights in every format', () => {
  const wholeFiles = [
    ['Keras 3, .keras', 'tiny.keras', 'keras'],
    ['Keras 3, .keras, compressed', 'tiny-deflated.keras', 'keras'],
    ['Keras 3, whole model as .h5', 'tiny-whole.h5', 'keras'],
    ['Keras 3, .weights.h5', 'tiny.weights.h5', 'keras'],
    ["Keras's classic weights", 'tiny-classic.h5', 'keras'],
    ["Keras's classic weights in HDF5's newest form", 'tiny-latest.h5', 'keras'],
    ["Keras 2's names, compressed", 'tiny-keras-2.h5', 'keras'],
    ['PyTorch, zip', 'tiny.pth', 'torch'],
    ['PyTorch, zip, compressed', 'tiny-deflated.pth', 'torch'],
    ['PyTorch, the stream of before 1.6', 'tiny-legacy.pth', 'torch'],
    ['PyTorch, float64', 'tiny-double.pth', 'torch'],
    ['PyTorch, tensors with channels last in memory', 'tiny-channels-last.pth', 'torch'],
    ["PyTorch, a training's checkpoint of a wrapped model", 'tiny-checkpoint.pth', 'torch'],
    ['safetensors', 'tiny.safetensors', 'torch'],
    ['TensorFlow.js, two shards', 'tiny-tfjs/model.json', 'keras'],
  ] as const

  it.each(wholeFiles)('%s: exactly', async (_name, file, convention) => {
    const { mapped, values } = await readTiny(weightsFixture(file))
    expect(mapped).toMatchObject({ convention, dropped: [] })
    expect([...values.keys()]).toEqual([...expectedValues(convention).keys()])
    expect(largestDifference(values, convention)).toBe(0)
  })

  // Half precision keeps 11 bits, bfloat16 8; values are below 1.5.
  it.each([
    ['Keras, float16', 'tiny-float16.weights.h5', 'keras', 2 ** -11],
    ['Keras, bfloat16', 'tiny-bfloat16.weights.h5', 'keras', 2 ** -8],
    ['PyTorch, float16', 'tiny-half.pth', 'torch', 2 ** -11],
    ['PyTorch, bfloat16', 'tiny-bfloat16.pth', 'torch', 2 ** -8],
    ['safetensors, float16', 'tiny-half.safetensors', 'torch', 2 ** -11],
    ['safetensors, bfloat16', 'tiny-bfloat16.safetensors', 'torch', 2 ** -8],
    ['TensorFlow.js, float16', 'tiny-tfjs-float16/model.json', 'keras', 2 ** -11],
    // Half a step of the widest tensor's range.
    ['TensorFlow.js, 16 bits', 'tiny-tfjs-uint16/model.json', 'keras', 3 / 65535 / 2],
    ['TensorFlow.js, 8 bits', 'tiny-tfjs-uint8/model.json', 'keras', 3 / 255 / 2],
  ] as const)('%s: as near as its numbers are', async (_name, file, convention, tolerance) => {
    const { values } = await readTiny(weightsFixture(file))
    const difference = largestDifference(values, convention)
    expect(difference).toBeGreaterThan(0)
    expect(difference).toBeLessThanOrEqual(tolerance)
  })
})

describe('a head of another size', () => {
  it.each([
    ['Keras, three classes', 'tiny-three-classes.weights.h5', ['layers/dense/vars/0', 'layers/dense/vars/1']],
    ['PyTorch, three classes', 'tiny-three-classes.pth', ['fc.weight', 'fc.bias']],
  ])('%s: is left out and told', async (_name, file, dropped) => {
    const { mapped } = await readTiny(weightsFixture(file))
    expect(mapped.classifier).toBeNull()
    expect(mapped.dropped).toEqual(dropped)
    expect(mapped.features).toHaveLength(8)
  })

  it.each(['tiny-nested.keras', 'tiny-nested.h5'])(
    '%s: of a model that holds the network as one layer',
    async (file) => {
      const { mapped, values } = await readTiny(weightsFixture(file))
      expect(mapped.classifier).toBeNull()
      expect(mapped.dropped).toHaveLength(2)
      expect(largestDifference(values, 'keras')).toBe(0)
    },
  )
})

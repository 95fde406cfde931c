import type { OpRows } from './definition.ts'
import { channelsOf, first, shapeInvalid, show, sizeOf } from './shape-checks.ts'

type Shape = readonly number[]

const several = { minimum: 2, maximum: Infinity } as const

/** Operations that make one value of several. */
export const combiningOps: OpRows<'add' | 'multiply' | 'concatenate'> = {
  add: {
    inputs: several,
    inferShape: (inputs) => {
      const shape = first(inputs)
      if (inputs.some((other) => other.join() !== shape.join())) {
        throw shapeInvalid(`'add' takes inputs of one shape; it got ${inputs.map(show).join(' and ')}`)
      }
      return shape
    },
    flops: (inputs, _attributes, output) => (inputs.length - 1) * sizeOf(output),
  },
  multiply: {
    inputs: several,
    inferShape: (inputs) => inputs.slice(1).reduce(broadcast, first(inputs)),
    flops: (inputs, _attributes, output) => (inputs.length - 1) * sizeOf(output),
  },
  concatenate: {
    inputs: several,
    inferShape: (inputs) => {
      const positions = first(inputs).slice(0, -1)
      if (inputs.some((other) => other.slice(0, -1).join() !== positions.join())) {
        throw shapeInvalid(
          `'concatenate' takes inputs that differ in their channels only; it got ${inputs.map(show).join(' and ')}`,
        )
      }
      return [...positions, inputs.reduce((sum, shape) => sum + channelsOf(shape), 0)]
    },
    flops: () => 0,
  },
}

function broadcast(a: Shape, b: Shape): Shape {
  const fits =
    a.length === b.length && a.every((size, axis) => size === b[axis] || size === 1 || b[axis] === 1)
  if (!fits) {
    throw shapeInvalid(`'multiply' takes inputs whose axes are equal or 1; it got ${show(a)} and ${show(b)}`)
  }
  return a.map((size, axis) => Math.max(size, b[axis] ?? 1))
}

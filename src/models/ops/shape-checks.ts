import { AppError } from '../../contract/errors.ts'
import type { Window2d } from '../windows.ts'
import { windowOutputSize } from '../windows.ts'

type Shape = readonly number[]

/** The shape of the first input. */
export function first(inputs: readonly Shape[]): Shape {
  return inputs[0] ?? []
}

/**
 * The first input as `[height, width, channels]`.
 *
 * @throws AppError 'plan-invalid' where it is something else
 */
export function featureMap(inputs: readonly Shape[]): readonly [number, number, number] {
  const [height, width, channels, ...rest] = first(inputs)
  if (height === undefined || width === undefined || channels === undefined || rest.length > 0) {
    throw shapeInvalid(`a feature map [height, width, channels] is expected; it got ${show(first(inputs))}`)
  }
  return [height, width, channels]
}

/**
 * The length of the first input, a vector.
 *
 * @throws AppError 'plan-invalid' where it is something else
 */
export function vector(inputs: readonly Shape[]): number {
  const [features, ...rest] = first(inputs)
  if (features === undefined || rest.length > 0) {
    throw shapeInvalid(`a vector [features] is expected; it got ${show(first(inputs))}`)
  }
  return features
}

/**
 * `[height, width]` of what a window makes of the first input.
 *
 * @throws AppError 'plan-invalid' where it does not fit
 */
export function windowSize(inputs: readonly Shape[], window: Window2d): [number, number] {
  const [height, width] = featureMap(inputs)
  return windowOutputSize([height, width], window)
}

/** The length of the last axis: the channels. */
export function channelsOf(shape: Shape): number {
  return shape[shape.length - 1] ?? 1
}

/** The number of values. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** A shape for people. */
export function show(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** The error for inputs that a layer cannot take. */
export function shapeInvalid(problem: string): AppError {
  return new AppError('plan-invalid', `The layers of this network do not fit together: ${problem}.`)
}

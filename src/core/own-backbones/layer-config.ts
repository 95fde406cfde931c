import { AppError } from '../../contract/errors.ts'
import type { Padding, Size2d, Window2d } from '../../models/windows.ts'
import type { LayerCall } from './layers-model.ts'
import { modelUnsupported } from './model-unsupported.ts'

const largestWindow = 1024
const largestCount = 1_000_000

/** Reads the settings of one layer, each with what Keras takes where it is not given. Every error names the layer. */
export interface LayerSettings {
  count(name: string, fallback?: number): number
  /** In `[minimum, maximum)`. */
  number(name: string, fallback: number, range?: { minimum?: number; maximum?: number }): number
  flag(name: string, fallback: boolean): boolean
  /** The geometry of a window: of a convolution, or of a pooling, whose stride is its size. */
  window(kind: 'convolution' | 'pooling'): Window2d
  /** Of zero padding. */
  sides(name: string): Exclude<Padding, string>
  /** Whole numbers, of which one may be -1. */
  shape(name: string): number[]
  /** The name of an activation; `linear` where there is none. */
  activation(): string
  /** @throws AppError 'model-unsupported' where the channels do not come last */
  channelsLast(): void
  /** @throws AppError 'model-unsupported' where it is not the axis of the channels of a value of this rank, the batch not counted */
  channelAxis(rank: number): void
}

/** @throws every reader: AppError 'weights-invalid' where a setting is none that the layer can have, 'model-unsupported' where it is not known here */
export function settingsOfLayer({ name: layer, className, config }: LayerCall): LayerSettings {
  const given = (name: string): unknown => config[name] ?? undefined
  const wrong = (name: string, expected: string): AppError =>
    new AppError(
      'weights-invalid',
      `'${name}' of the layer '${layer}' (${className}) should be ${expected}; it is ${JSON.stringify(config[name])?.slice(0, 80)}. Get the file again.`,
      { layer, setting: name },
    )
  const isWhole = (value: unknown, minimum: number, maximum: number): value is number =>
    Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum

  const settings: LayerSettings = {
    count(name, fallback) {
      const value = given(name) ?? fallback
      if (isWhole(value, 1, largestCount)) return value
      throw wrong(name, `a whole number, 1 to ${largestCount}`)
    },
    number(name, fallback, { minimum = -Infinity, maximum = Infinity } = {}) {
      const value = given(name)
      if (value === undefined) return fallback
      if (typeof value === 'number' && Number.isFinite(value) && value >= minimum && value < maximum)
        return value
      throw wrong(
        name,
        `a number${minimum > -Infinity ? ` from ${minimum}` : ''}${maximum < Infinity ? ` to below ${maximum}` : ''}`,
      )
    },
    flag(name, fallback) {
      const value = given(name) ?? fallback
      if (typeof value === 'boolean') return value
      throw wrong(name, 'true or false')
    },
    window(kind) {
      const sizeName = kind === 'convolution' ? 'kernel_size' : 'pool_size'
      const kernelSize = pair(sizeName, kind === 'convolution' ? undefined : [2, 2])
      const strides = pair('strides', kind === 'convolution' ? [1, 1] : kernelSize)
      const dilation = kind === 'convolution' ? pair('dilation_rate', [1, 1]) : ([1, 1] as const)
      if (Math.max(...strides) > 1 && Math.max(...dilation) > 1) {
        throw modelUnsupported(`The layer '${layer}' has both strides and a dilation above 1.`, { layer })
      }
      settings.channelsLast()
      const padding = given('padding') ?? 'valid'
      if (padding !== 'same' && padding !== 'valid') {
        throw modelUnsupported(
          `The padding of the layer '${layer}' should be 'same' or 'valid'; it is ${JSON.stringify(padding).slice(0, 80)}.`,
          { layer },
        )
      }
      return { kernelSize, strides, padding, dilation }
    },
    sides(name) {
      const value = given(name) ?? 1
      const sides = (item: unknown): [number, number] | null => {
        const both: unknown[] = Array.isArray(item) ? item : [item, item]
        return both.length === 2 && both.every((side) => isWhole(side, 0, largestWindow))
          ? (both as [number, number])
          : null
      }
      const axes: unknown[] = Array.isArray(value) ? value : [value, value]
      const [rows, columns] = axes.map(sides)
      if (axes.length === 2 && rows && columns) return [rows, columns]
      throw wrong(name, `pixels, 0 to ${largestWindow}`)
    },
    shape(name) {
      const value = given(name)
      const isShape =
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= 4 &&
        value.every((size) => size === -1 || isWhole(size, 1, largestCount)) &&
        value.filter((size) => size === -1).length <= 1
      if (isShape) return value as number[]
      throw wrong(name, 'up to 4 whole numbers')
    },
    activation() {
      const value = given('activation') ?? 'linear'
      if (typeof value === 'string') return value
      const { class_name: ofClass } = value as { class_name?: unknown }
      return typeof ofClass === 'string' ? ofClass : 'of its own'
    },
    channelsLast() {
      if ((given('data_format') ?? 'channels_last') === 'channels_last') return
      throw modelUnsupported(
        `The layer '${layer}' has its channels first; a model with channels last is expected. Save it with data_format 'channels_last'.`,
        { layer },
      )
    },
    channelAxis(rank) {
      const value = given('axis') ?? -1
      const axis: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
      if (axis === -1 || axis === rank) return
      throw modelUnsupported(
        `The layer '${layer}' (${className}) should work along the channels, axis -1 or ${rank}; its axis is ${JSON.stringify(value)?.slice(0, 80)}.`,
        { layer },
      )
    },
  }

  function pair(name: string, fallback: Size2d | undefined): Size2d {
    const value = given(name) ?? fallback
    const both: unknown[] = Array.isArray(value) ? value : [value, value]
    if (both.length === 2 && both.every((size) => isWhole(size, 1, largestWindow)))
      return both as [number, number]
    throw wrong(name, `one or two whole numbers, 1 to ${largestWindow}`)
  }

  return settings
}

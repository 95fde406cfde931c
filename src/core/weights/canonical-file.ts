import { AppError } from '../../contract/errors.ts'
import type { Convention } from '../../models/backbone.ts'
import { decodeFloat16, float32Bytes } from '../../models/floats.ts'
import { safetensorsHead } from '../../models/safetensors.ts'
import { elementCount } from '../../models/shapes.ts'
import type { MappedParameter } from './map-weights.ts'
import type { SourceAxis } from './source-axes.ts'
import { itemBytes, type ForeignTensor } from './weights-file.ts'

/** Values that are turned into ours at once. */
const blockValues = 2 ** 20

/**
 * A canonical weights file piece by piece: float32, tensors named by graph node in graph order. Equal weights give equal bytes, in
 * whatever format they came.
 *
 * @param convention kept in the file, as it tells the preprocessing that the weights take
 * @throws AppError 'weights-invalid' where a value is not a finite number, naming the tensor
 */
export function* canonicalFile(
  backbone: string,
  convention: Convention,
  parameters: readonly MappedParameter[],
): Iterable<Uint8Array> {
  const shapes = new Map(parameters.map(({ parameter }) => [parameter.name, parameter.shape]))
  yield safetensorsHead(shapes, { backbone, convention })
  for (const { parameter, source } of parameters) {
    if (typeof source === 'number') {
      yield float32Bytes(new Float32Array(elementCount(parameter.shape)).fill(source))
      continue
    }
    const checkVariance = parameter.role === 'movingVariance'
    for (const block of blocksOf(source.tensor, source.axes)) {
      checkValues(source.tensor.name, block, checkVariance)
      yield float32Bytes(block)
    }
  }
}

function checkValues(name: string, values: Float32Array, isVariance: boolean): void {
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new AppError(
        'weights-invalid',
        `Weights should be finite numbers; the tensor '${name}' has the value ${value}. The training that made this file failed; use another file.`,
        { tensor: name, value: String(value) },
      )
    }
    if (isVariance && value < 0) {
      throw new AppError(
        'weights-invalid',
        `A variance should not be below 0; the tensor '${name}' has the value ${value}. The file is damaged; get it again.`,
        { tensor: name, value },
      )
    }
  }
}

/** The values in our order; every block is the same array, filled anew. */
function* blocksOf(tensor: ForeignTensor, axes: readonly SourceAxis[]): Iterable<Float32Array> {
  const at = valuesOf(tensor)
  const merged = mergeAxes(axes)
  const inner = merged.at(-1) ?? { size: 1, stride: 1 }
  const outer = merged.slice(0, -1)
  const rows = outer.reduce((product, { size }) => product * size, 1)
  const block = new Float32Array(Math.min(blockValues, rows * inner.size))
  let filled = 0
  for (let row = 0; row < rows; row += 1) {
    const start = startOf(row, outer)
    for (let begin = 0; begin < inner.size;) {
      const count = Math.min(inner.size - begin, block.length - filled)
      at(block, filled, count, start + begin * inner.stride, inner.stride)
      begin += count
      filled += count
      if (filled === block.length) {
        yield block
        filled = 0
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}

function startOf(row: number, axes: readonly SourceAxis[]): number {
  let rest = row
  let start = 0
  for (let index = axes.length - 1; index >= 0; index -= 1) {
    const { size, stride } = axes[index] ?? { size: 1, stride: 0 }
    start += (rest % size) * stride
    rest = Math.floor(rest / size)
  }
  return start
}

/** Neighbouring axes that are one run of values become one axis. */
function mergeAxes(axes: readonly SourceAxis[]): SourceAxis[] {
  const merged: SourceAxis[] = []
  for (const axis of axes) {
    const before = merged.at(-1)
    if (axis.size === 1) continue
    if (before?.stride === axis.stride * axis.size) {
      merged[merged.length - 1] = { size: before.size * axis.size, stride: axis.stride }
    } else {
      merged.push(axis)
    }
  }
  return merged
}

/** Copies `count` values that are `stride` apart, from the `start`th on, as float32. */
type CopyValues = (target: Float32Array, offset: number, count: number, start: number, stride: number) => void

function valuesOf(tensor: ForeignTensor): CopyValues {
  const { dtype, quantization, name } = tensor
  const bytes = tensor.read()
  const length = bytes.byteLength / itemBytes(dtype)
  const { buffer, byteOffset } = bytes
  if (dtype === 'F32') return copyOf(new Float32Array(buffer, byteOffset, length))
  if (dtype === 'F64') return copyOf(new Float64Array(buffer, byteOffset, length))
  if (dtype === 'F16') return copyDecoded(new Uint16Array(buffer, byteOffset, length), float16Table())
  if (dtype === 'BF16') return copyDecoded(new Uint16Array(buffer, byteOffset, length), bfloat16Table())
  if (quantization && (dtype === 'U8' || dtype === 'U16')) {
    const { scale, minimum } = quantization
    const codes = dtype === 'U8' ? 2 ** 8 : 2 ** 16
    const table = Float32Array.from({ length: codes }, (_value, code) => code * scale + minimum)
    return copyDecoded(dtype === 'U8' ? bytes : new Uint16Array(buffer, byteOffset, length), table)
  }
  throw new AppError(
    'weights-invalid',
    `Weights should be floating-point numbers (F64, F32, F16, BF16); the tensor '${name}' is ${dtype}. Use a file with the weights as they were trained.`,
    { tensor: name, dtype },
  )
}

function copyOf(values: Float32Array | Float64Array): CopyValues {
  return (target, offset, count, start, stride) => {
    if (stride === 1) {
      target.set(values.subarray(start, start + count), offset)
      return
    }
    for (let index = 0; index < count; index += 1)
      target[offset + index] = values[start + index * stride] ?? NaN
  }
}

function copyDecoded(codes: Uint8Array | Uint16Array, table: Float32Array): CopyValues {
  return (target, offset, count, start, stride) => {
    for (let index = 0; index < count; index += 1) {
      target[offset + index] = table[codes[start + index * stride] ?? 0] ?? NaN
    }
  }
}

let float16Values: Float32Array | undefined
let bfloat16Values: Float32Array | undefined

function float16Table(): Float32Array {
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_value, code) => decodeFloat16(code))
  return float16Values
}

function bfloat16Table(): Float32Array {
  // The upper half of a float32.
  bfloat16Values ??= new Float32Array(
    Uint32Array.from({ length: 2 ** 16 }, (_value, code) => code * 2 ** 16).buffer,
  )
  return bfloat16Values
}

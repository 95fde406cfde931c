import { AppError } from '../contract/errors.ts'
import type { SafetensorsTensor } from './safetensors.ts'

/**
 * The values of a stored tensor as 32-bit floats, in a new array.
 *
 * @throws AppError 'weights-invalid' where the type is not one of F32, F16, BF16, F64
 */
export function toFloat32(tensor: SafetensorsTensor): Float32Array {
  const { data, dtype } = tensor
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  switch (dtype) {
    case 'F32':
      return readFloat32(data)
    case 'F64':
      return Float32Array.from({ length: data.byteLength / 8 }, (_, index) =>
        view.getFloat64(index * 8, true),
      )
    case 'F16':
      return Float32Array.from({ length: data.byteLength / 2 }, (_, index) =>
        decodeFloat16(view.getUint16(index * 2, true)),
      )
    case 'BF16': {
      // bfloat16 is the upper half of a 32-bit float.
      const words = Uint32Array.from(
        { length: data.byteLength / 2 },
        (_, index) => view.getUint16(index * 2, true) * 65536,
      )
      return new Float32Array(words.buffer)
    }
    default:
      throw new AppError(
        'weights-invalid',
        `Weights should be floats (F32, F16, BF16, F64); this tensor is ${dtype}.`,
        {
          dtype,
        },
      )
  }
}

function readFloat32(data: Uint8Array): Float32Array {
  const values = new Float32Array(data.byteLength / 4)
  if (hostIsLittleEndian) {
    // A copy of the bytes, as a view would need their place to be a multiple of 4.
    new Uint8Array(values.buffer).set(data)
    return values
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return values.map((_, index) => view.getFloat32(index * 4, true))
}

/** The little-endian bytes of 32-bit floats: a view where this machine is little-endian, else a copy. */
export function float32Bytes(values: Float32Array): Uint8Array {
  if (hostIsLittleEndian) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const bytes = new Uint8Array(values.byteLength)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => view.setFloat32(index * 4, value, true))
  return bytes
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The number that 16 bits of IEEE 754 half precision stand for. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

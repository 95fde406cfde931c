import { float32Bytes } from '../../models/floats.ts'

/** What a record's values are kept in. */
export type Precision = 'float32' | 'float16'

/** How the values of a record become bytes, little-endian. */
interface RecordFormat {
  readonly bytesOf: (length: number) => number
  readonly encode: (values: Float32Array) => Uint8Array
  /** Fills `out`, which has the record's length. */
  readonly decode: (record: Uint8Array, out: Float32Array) => void
}

const largestHalf = 65_504
const scaleBytes = 4

/** The formats by name. */
export const recordFormats: { readonly [Name in Precision]: RecordFormat } = {
  float32: {
    bytesOf: (length) => length * 4,
    encode: (values) => Uint8Array.from(float32Bytes(values)),
    decode(record, out) {
      new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(record)
    },
  },
  /**
   * Half precision behind a factor in float32: a power of two, so that it rounds nothing, other than 1 only where values would be too
   * large for half precision or most of its digits would be lost.
   */
  float16: {
    bytesOf: (length) => scaleBytes + length * 2,
    encode(values) {
      const record = new Uint8Array(scaleBytes + values.length * 2)
      const scale = scaleFor(values)
      new DataView(record.buffer).setFloat32(0, scale, true)
      const halves = new Float16Array(record.buffer, scaleBytes, values.length)
      halves.set(scale === 1 ? values : values.map((value) => value / scale))
      return record
    },
    decode(record, out) {
      const { buffer, byteOffset } = record
      out.set(new Float16Array(buffer, byteOffset + scaleBytes, out.length))
      const scale = new DataView(buffer, byteOffset).getFloat32(0, true)
      if (scale === 1) return
      for (let index = 0; index < out.length; index += 1) out[index] = (out[index] as number) * scale
    },
  },
}

function scaleFor(values: Float32Array): number {
  let largest = 0
  for (let index = 0; index < values.length; index += 1) {
    const size = Math.abs(values[index] as number)
    if (size > largest) largest = size
  }
  if (largest === 0 || !Number.isFinite(largest) || (largest >= 1 / 16 && largest <= largestHalf)) return 1
  return 2 ** Math.floor(Math.log2(largest))
}

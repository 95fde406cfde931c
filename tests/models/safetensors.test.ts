import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/contract/errors.ts'
import { decodeFloat16, float32Bytes, toFloat32 } from '../../src/models/floats.ts'
import { createRandom } from '../../src/models/random.ts'
import type { SafetensorsTensor } from '../../src/models/safetensors.ts'
import { decodeSafetensors, encodeSafetensors, parseSafetensorsHeader } from '../../src/models/safetensors.ts'
import type { ParameterSpec } from '../../src/models/shapes.ts'
import { readParameters, writeParameters } from '../../src/models/weights.ts'

const f32 = (shape: number[], values: number[]): SafetensorsTensor => ({
  dtype: 'F32',
  shape,
  data: float32Bytes(Float32Array.from(values)),
})
const tensors = new Map<string, SafetensorsTensor>([
  ['steps', { dtype: 'I64', shape: [], data: Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0) }],
  ['flags', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
  ['a/kernel', f32([2, 3], [1, -2, 3.5, 0, 1e-20, 7])],
  ['empty', f32([0, 4], [])],
  ['b/bias', f32([1], [-0.25])],
])

/** A file with this header, and so many bytes of data. */
function fileOf(header: string | object, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + json.byteLength + dataBytes)
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(json.byteLength), true)
  file.set(json, 8)
  return file
}
const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

describe('safetensors', () => {
  it('reads back what it wrote, and writes it alike', () => {
    const file = encodeSafetensors(tensors, { run: 'r1', class: '蜜蜂 🐝' })
    const decoded = decodeSafetensors(file)
    expect(Object.fromEntries(decoded.metadata)).toEqual({ run: 'r1', class: '蜜蜂 🐝' })
    expect(decoded.tensors.size).toBe(tensors.size)
    for (const [name, tensor] of tensors) {
      const read = decoded.tensors.get(name)!
      expect([read.dtype, read.shape, [...read.data]]).toEqual([tensor.dtype, tensor.shape, [...tensor.data]])
    }
    expect(encodeSafetensors(tensors, { run: 'r1', class: '蜜蜂 🐝' })).toEqual(file)
  })

  it('aligns the data to 8 bytes and each tensor to its type', () => {
    const file = encodeSafetensors(tensors)
    const { entries } = parseSafetensorsHeader(file, file.byteLength)
    for (const [, { dtype, begin }] of entries) {
      expect(begin % { I64: 8, F32: 4, U8: 1 }[dtype as 'I64' | 'F32' | 'U8']).toBe(0)
    }
  })

  it('reads a file written by hand as the format says', () => {
    const header = { __metadata__: { by: 'hand' }, y: entry(8, 12), x: entry(0, 8, [2, 1]) }
    const file = fileOf(header, 12)
    file.set(float32Bytes(Float32Array.of(1.5, 2.5, -3)), file.byteLength - 12)
    const decoded = decodeSafetensors(file)
    expect([...decoded.tensors.keys()]).toEqual(['x', 'y'])
    expect([...toFloat32(decoded.tensors.get('x')!)]).toEqual([1.5, 2.5])
    expect([...toFloat32(decoded.tensors.get('y')!)]).toEqual([-3])
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['seven bytes', new Uint8Array(7)],
    ['a header longer than the file', fileOf({}, 0, 1000n)],
    ['a header of 2^63 bytes', fileOf({}, 0, 2n ** 63n)],
    ['a header that is not JSON', fileOf('{"a":')],
    ['a header that is not UTF-8', fileOf('{"\u00e9": 1}').map((byte) => (byte === 0xc3 ? 0xff : byte))],
    ['a header that is a list', fileOf('[]')],
    ['a tensor that is not an object', fileOf({ a: 7 })],
    ['metadata that is not strings', fileOf({ __metadata__: { a: 1 } })],
    ['an unknown type', fileOf({ a: entry(0, 4, [1], 'F7') }, 4)],
    ['a type named like a method', fileOf({ a: entry(0, 4, [1], 'toString') }, 4)],
    ['a negative size', fileOf({ a: entry(0, 4, [-1]) }, 4)],
    ['a broken size', fileOf({ a: entry(0, 4, [1.5]) }, 4)],
    ['a shape that is not a list', fileOf({ a: entry(0, 4, 'x') }, 4)],
    ['17 dimensions', fileOf({ a: entry(0, 4, new Array(17).fill(1)) }, 4)],
    ['a shape that overflows', fileOf({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4)],
    ['a shape with more values than bytes', fileOf({ a: entry(0, 4, [2]) }, 4)],
    ['an offset outside the file', fileOf({ a: entry(0, 4000) }, 4)],
    ['an end before its beginning', fileOf({ a: entry(4, 0, [1]) }, 4)],
    ['one offset', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4)],
    ['overlapping tensors', fileOf({ a: entry(0, 8), b: entry(4, 12) }, 12)],
    ['a gap between tensors', fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12)],
    ['a gap before the first', fileOf({ a: entry(4, 8) }, 8)],
    ['bytes after the last', fileOf({ a: entry(0, 4) }, 8)],
  ])('refuses %s', (_name, file) => {
    expect(() => decodeSafetensors(file)).toThrow(expect.objectContaining({ code: 'weights-invalid' }))
  })

  it('either reads or refuses 2,000 damaged files, and never fails otherwise', () => {
    const whole = encodeSafetensors(tensors, { a: 'b' })
    let refused = 0
    for (let item = 0; item < 2000; item += 1) {
      const random = createRandom({ seed: 1, purpose: 'damage', item })
      const damaged = whole.slice(0, random.integer(4) === 0 ? random.integer(whole.length) : whole.length)
      const changes = 1 + random.integer(3)
      for (let change = 0; change < changes && damaged.length > 0; change += 1) {
        damaged[random.integer(damaged.length)] = random.integer(256)
      }
      try {
        for (const { data } of decodeSafetensors(damaged).tensors.values()) {
          expect(data.byteLength).toBeLessThanOrEqual(damaged.length)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(500)
  })

  it('refuses to write bytes that do not fit their shape', () => {
    const wrong = new Map([['a', { ...f32([2], [1, 2]), shape: [3] }]])
    expect(() => encodeSafetensors(wrong)).toThrow(expect.objectContaining({ code: 'weights-invalid' }))
  })
})

describe('toFloat32', () => {
  it('reads halves: normal, denormal, infinite, not a number', () => {
    const cases: [number, number][] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7e00, NaN],
    ]
    for (const [bits, value] of cases) expect(decodeFloat16(bits)).toBe(value)
    expect(Object.is(decodeFloat16(0x8000), -0)).toBe(true)
  })

  it('reads each float type, also from an odd place in memory', () => {
    const bytes = (values: ArrayBufferView): Uint8Array => {
      const shifted = new Uint8Array(values.byteLength + 1)
      shifted.set(new Uint8Array(values.buffer), 1)
      return shifted.subarray(1)
    }
    const read = (dtype: SafetensorsTensor['dtype'], values: ArrayBufferView) => [
      ...toFloat32({ dtype, shape: [2], data: bytes(values) }),
    ]
    expect(read('F32', Float32Array.of(1.5, -2))).toEqual([1.5, -2])
    expect(read('F64', Float64Array.of(1.5, -2))).toEqual([1.5, -2])
    expect(read('F16', Uint16Array.of(0x3e00, 0xc000))).toEqual([1.5, -2])
    expect(read('BF16', Uint16Array.of(0x3fc0, 0xc000))).toEqual([1.5, -2])
    expect(() => read('I32', Int32Array.of(1, 2))).toThrow(
      expect.objectContaining({ code: 'weights-invalid' }),
    )
  })
})

describe('canonical weights', () => {
  const parameter = (name: string, shape: number[]): ParameterSpec => {
    const [node = '', role = ''] = name.split('/')
    return {
      name,
      node,
      role: role as ParameterSpec['role'],
      shape,
      dtype: 'float32',
      trainable: true,
      initializer: 'zeros',
    }
  }
  const parameters = [parameter('a/kernel', [2, 2]), parameter('a/bias', [2])]
  const values = new Map([
    ['a/bias', Float32Array.of(5, 6)],
    ['a/kernel', Float32Array.of(1, 2, 3, 4)],
  ])

  it('are written in the order of the parameters and read by name', () => {
    const file = writeParameters(parameters, values)
    expect([...decodeSafetensors(file).tensors.keys()]).toEqual(['a/kernel', 'a/bias'])
    expect(readParameters(file, parameters)).toEqual(
      new Map(parameters.map(({ name }) => [name, values.get(name)])),
    )
    expect(readParameters(file, parameters.slice(1)).size).toBe(1)
  })

  it('name the tensor that is missing or has another shape', () => {
    const file = writeParameters(parameters, values)
    expect(() => readParameters(file, [parameter('b/bias', [2])])).toThrow(/'b\/bias'.*missing/)
    expect(() => readParameters(file, [parameter('a/kernel', [4, 1])])).toThrow(/\[4, 1\].*\[2, 2\]/)
    expect(() => writeParameters([parameter('a/bias', [3])], values)).toThrow(/3 values; it has 2/)
    expect(() => writeParameters([parameter('c/bias', [3])], values)).toThrow(/it has none/)
  })
})

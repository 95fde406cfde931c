import { describe, expect, it } from 'vitest'
import { npyHeader } from '../../../src/core/runs/npy.ts'

describe('npyHeader', () => {
  it('is what numpy 1.0 files begin with', () => {
    const header = Buffer.from(npyHeader([3, 1280]))
    expect([...header.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    expect(header.readUInt16LE(8)).toBe(header.length - 10)
    expect(header.length % 64).toBe(0)
    const text = header.subarray(10).toString('latin1')
    expect(text).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 1280\), \} *\n$/)
  })

  it('grows to the next multiple of 64 and writes a shape of one size as a tuple', () => {
    const long = Buffer.from(npyHeader(Array.from({ length: 20 }, () => 1234567)))
    expect(long.length % 64).toBe(0)
    expect(long.length).toBeGreaterThan(128)
    expect(Buffer.from(npyHeader([5])).toString('latin1')).toContain('(5,)')
  })
})

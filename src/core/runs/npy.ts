/**
 * The header of an npy file, version 1.0, of little-endian float32 in C order; the values follow it.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`
  // Magic, version and length take 10 bytes; the whole ends with a newline at a multiple of 64.
  const length = Math.ceil((10 + description.length + 1) / 64) * 64 - 10
  const header = Buffer.alloc(10 + length, ' ')
  header.write('\x93NUMPY', 0, 'latin1')
  header[6] = 1
  header[7] = 0
  header.writeUInt16LE(length, 8)
  header.write(description, 10, 'latin1')
  header.write('\n', 10 + length - 1, 'latin1')
  return header
}

/** The bytes of numbers as SQLite keeps them, in the machine's order, which is little-endian on every supported one. */
export function bytesOf(array: Int32Array | Float32Array | Float64Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

/** A copy for a typed array: what SQLite and the file system give may begin at any address. */
export function alignedBuffer(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

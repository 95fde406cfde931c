import type { RandomAccess } from './random-access.ts'
import { largestTextBytes } from './weights-file.ts'

interface EmscriptenNode {
  contents: unknown
  stream_ops: Record<string, unknown>
}

interface EmscriptenFileSystem {
  createFile(parent: string, name: string, properties: object, read: boolean, write: boolean): EmscriptenNode
  unlink(path: string): void
  ErrnoError: new (code: number) => Error
}

let mounted = 0
const notPermitted = 63

/** Where the library finds a file, until it is unmounted. */
export interface MountedFile {
  readonly path: string
  readonly unmount: () => void
}

/**
 * Gives the HDF5 library a file that is read from the disk when it asks, in place of a copy of all of it. It is all that the library sees
 * of the disk.
 *
 * @param emscripten the library's file system
 */
export function mountFile(emscripten: object, access: RandomAccess): MountedFile {
  const fileSystem = emscripten as EmscriptenFileSystem
  mounted += 1
  const name = `weights-${mounted}.h5`
  const node = fileSystem.createFile('/', name, {}, true, false)
  node.contents = null
  Object.defineProperty(node, 'usedBytes', { get: () => access.size, set() {} })
  const refuse = (): never => {
    throw new fileSystem.ErrnoError(notPermitted)
  }
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
      const left = Math.max(0, access.size - position)
      const done = access.readInto(buffer, offset, Math.min(length, left), position)
      if (isHeap(buffer, offset, done) && !canWalkHeap(access, position)) refuse()
      return done
    },
    write: refuse,
    mmap: refuse,
  }
  return { path: `/${name}`, unmount: () => fileSystem.unlink(`/${name}`) }
}

const heapSignature = [0x47, 0x43, 0x4f, 0x4c]
const heapHeaderBytes = 16
const heapObjectHeaderBytes = 16

function isHeap(bytes: Uint8Array, offset: number, length: number): boolean {
  return length >= heapHeaderBytes && heapSignature.every((byte, index) => bytes[offset + index] === byte)
}

/**
 * Whether the objects of a global heap collection (texts of variable length) lie one behind another to its end. The library walks from one
 * to the next by their sizes, and never ends where one has none.
 *
 * @see HDF5 File Format Specification, III.E
 */
function canWalkHeap(access: RandomAccess, begin: number): boolean {
  const sizeOf = (bytes: Uint8Array): number =>
    Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(8, true))
  const size = sizeOf(access.read(begin, heapHeaderBytes))
  if (begin + size > access.size || size > largestTextBytes) return false
  const collection = access.read(begin, size)
  let position = heapHeaderBytes
  while (position + heapObjectHeaderBytes <= size) {
    const header = collection.subarray(position, position + heapObjectHeaderBytes)
    const isFreeSpace = header[0] === 0 && header[1] === 0
    // The size of free space includes its header; that of an object does not, and is rounded up to 8.
    const taken = isFreeSpace ? sizeOf(header) : heapObjectHeaderBytes + Math.ceil(sizeOf(header) / 8) * 8
    if (taken < heapObjectHeaderBytes || position + taken > size) return false
    position += taken
  }
  return true
}

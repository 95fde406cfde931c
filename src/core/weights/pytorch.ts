import { AppError } from '../../contract/errors.ts'
import { unpickle, type PickleValue } from './pickle.ts'
import { isTensor, torchTable, type TorchStorage, type TorchTensor } from './pytorch-objects.ts'
import { openRandomAccess, type RandomAccess } from './random-access.ts'
import {
  damaged,
  itemBytes,
  largestTensorCount,
  type ForeignTensor,
  type WeightsFile,
  type WeightsFormat,
} from './weights-file.ts'
import { isZip, openZip, type ZipFile } from './zip-file.ts'

/** A pickle without the tensors' values. */
const largestPickleBytes = 16 * 2 ** 20
/** What a file of before PyTorch 1.6 begins with, as a pickle. @see torch/serialization.py MAGIC_NUMBER */
const magicNumber = 0x1950a86a20f9469cfc6cn
const legacyVersion = 1001
const pickleStart = 0x80
const startBytes = 4

/** PyTorch's `torch.save` of a state dictionary: the zip archive of today and the stream of before 1.6. */
export const pytorchFormat: WeightsFormat = {
  id: 'pytorch',
  endings: ['.pth', '.pt', '.bin'],
  matches: ({ bytes, entries }) =>
    entries === null ? bytes[0] === pickleStart : entries.some((name) => /(^|\/)data\.pkl$/.test(name)),
  async open(path) {
    const file = openRandomAccess(path)
    const start = new Uint8Array(startBytes)
    file.readInto(start, 0, startBytes, 0)
    if (!isZip(start)) return openStream(file)
    file.close()
    return openArchive(await openZip(path))
  },
}

/** `<name>/data.pkl` and, for each storage, `<name>/data/<key>`. */
function openArchive(zip: ZipFile): WeightsFile {
  try {
    const pickleName = [...zip.entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name)) ?? ''
    const prefix = pickleName.slice(0, -'data.pkl'.length)
    const order = zip.entries.get(`${prefix}byteorder`)
    const byteOrder = order ? new TextDecoder().decode(order.read(0, Math.min(order.size, 16))) : 'little'
    if (byteOrder !== 'little') throw bigEndian(byteOrder)
    const entry = zip.entries.get(pickleName)
    if (!entry || entry.size > largestPickleBytes) {
      throw damaged('PyTorch', `its data.pkl should have at most ${largestPickleBytes} bytes`)
    }
    const { value } = unpickle(
      entry.read(0, entry.size),
      0,
      torchTable(({ key, dtype, length }) => {
        const size = zip.entries.get(`${prefix}data/${key}`)?.size
        const expected = length * itemBytes(dtype)
        if (size !== expected) {
          throw damaged(
            'PyTorch',
            `its storage '${key}' should have ${expected} bytes, and has ${size ?? 'none'}`,
          )
        }
      }),
    )
    const readStorage = ({ key }: TorchStorage, begin: number, length: number): Uint8Array => {
      const data = zip.entries.get(`${prefix}data/${key}`)
      if (!data) throw damaged('PyTorch', `its storage '${key}' is missing`)
      return data.read(begin, length)
    }
    return { format: 'pytorch', tensors: foreignTensors(value, readStorage), close: zip.close }
  } catch (error) {
    zip.close()
    throw error
  }
}

/** Pickles of a magic number, a version, facts of the system, the value and the storages' keys; then the storages, each with its length. */
function openStream(file: RandomAccess): WeightsFile {
  try {
    const start = file.read(0, Math.min(file.size, largestPickleBytes))
    const storages = new Map<string, TorchStorage>()
    const table = torchTable((storage) => storages.set(storage.key, storage))
    let position = 0
    const next = (): PickleValue => {
      const { value, end } = unpickle(start, position, table)
      position = end
      return value
    }
    if (next() !== magicNumber) {
      throw damaged(
        'PyTorch',
        "it is a pickle, and not one that torch.save wrote: PyTorch's mark is not at its start",
      )
    }
    const version = next()
    if (version !== legacyVersion) {
      throw damaged(
        'PyTorch',
        `the version of its form should be ${legacyVersion}, and is ${String(version)}`,
      )
    }
    const system = next()
    if (!(system instanceof Map) || system.get('little_endian') !== true) throw bigEndian('big')
    const value = next()
    const keys = next()
    if (!Array.isArray(keys)) throw damaged('PyTorch', 'it does not list its storages')
    const places = findStorages(file, position, keys, storages)
    const readStorage = ({ key }: TorchStorage, begin: number, length: number): Uint8Array => {
      const place = places.get(key)
      if (place === undefined) throw damaged('PyTorch', `its storage '${key}' is missing`)
      return file.read(place + begin, length)
    }
    return { format: 'pytorch', tensors: foreignTensors(value, readStorage), close: file.close }
  } catch (error) {
    file.close()
    throw error
  }
}

function findStorages(
  file: RandomAccess,
  begin: number,
  keys: readonly PickleValue[],
  storages: ReadonlyMap<string, TorchStorage>,
): Map<string, number> {
  const lengthBytes = 8
  const places = new Map<string, number>()
  let position = begin
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (!storage) throw damaged('PyTorch', `it lists a storage '${String(key)}' that no tensor has`)
    const length = new DataView(file.read(position, lengthBytes).buffer).getBigInt64(0, true)
    const bytes = storage.length * itemBytes(storage.dtype)
    if (length !== BigInt(storage.length) || position + lengthBytes + bytes > file.size) {
      throw damaged(
        'PyTorch',
        `its storage '${storage.key}' of ${storage.length} values should be at ${position}, and the file has ${length} there and ${file.size} bytes`,
      )
    }
    places.set(storage.key, position + lengthBytes)
    position += lengthBytes + bytes
  }
  const missing = [...storages.keys()].find((key) => !places.has(key))
  if (missing !== undefined) throw damaged('PyTorch', `its storage '${missing}' is missing`)
  return places
}

/** Checkpoints of a training hold the state dictionary beside other things. */
const wrappers = [
  'state_dict',
  'model_state_dict',
  'model',
  'module',
  'net',
  'network',
  'weights',
  'params',
  'model_ema',
  'state_dict_ema',
  'ema_state_dict',
]

function foreignTensors(
  value: PickleValue,
  readStorage: (storage: TorchStorage, begin: number, length: number) => Uint8Array,
): ForeignTensor[] {
  const state = stateDictionary(value)
  if (state.size > largestTensorCount) {
    throw damaged('PyTorch', `it should have at most ${largestTensorCount} tensors, and has ${state.size}`)
  }
  return [...state].flatMap(([name, tensor]) => {
    if (typeof name !== 'string' || !isTensor(tensor)) return []
    const { storage, shape, strides, offset } = tensor
    const bytes = itemBytes(storage.dtype)
    const values = extentOf(name, tensor)
    return [
      {
        name,
        dtype: storage.dtype,
        shape,
        strides,
        read: () => readStorage(storage, offset * bytes, values * bytes),
      },
    ]
  })
}

function stateDictionary(value: PickleValue): Map<PickleValue, PickleValue> {
  if (value instanceof Map) {
    if ([...value.values()].some(isTensor)) return value
    for (const key of wrappers) {
      const inner = value.get(key)
      if (inner instanceof Map && [...inner.values()].some(isTensor)) return inner
    }
  }
  throw new AppError(
    'weights-mismatch',
    'A PyTorch file of weights should hold a state dictionary: tensors by name. This one holds none. Save torch.save(model.state_dict(), file).',
  )
}

/** Values from a tensor's first to its last in the storage. */
function extentOf(name: string, { storage, offset, shape, strides }: TorchTensor): number {
  const isEmpty = shape.includes(0)
  const extent = isEmpty
    ? 0
    : 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0)
  const count = shape.reduce((product, size) => product * size, 1)
  // A stride of 0 would make a large tensor of a small storage.
  if (offset + extent > storage.length || count > storage.length) {
    throw damaged(
      'PyTorch',
      `the tensor '${name}' of shape [${shape.join(', ')}] is larger than its storage of ${storage.length} values`,
    )
  }
  return extent
}

function bigEndian(order: string): Error {
  return damaged('PyTorch', `its numbers should be little-endian, and are ${order}-endian`)
}

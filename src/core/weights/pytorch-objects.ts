import type { SafetensorsDtype } from '../../models/safetensors.ts'
import { isPickleObject, type PickleObject, type PickleTable, type PickleValue } from './pickle.ts'
import { damaged, unsafe } from './weights-file.ts'

/** A run of values in a PyTorch file that tensors are views of. */
export interface TorchStorage extends PickleObject {
  readonly kind: 'storage'
  readonly key: string
  readonly dtype: SafetensorsDtype
  /** Values. */
  readonly length: number
}

/** A tensor as PyTorch pickles it. */
export interface TorchTensor extends PickleObject {
  readonly kind: 'tensor'
  readonly storage: TorchStorage
  /** In values, of its first one. */
  readonly offset: number
  readonly shape: readonly number[]
  /** In values, by axis. */
  readonly strides: readonly number[]
}

/** @see torch/storage.py */
const storageDtypes: Readonly<Record<string, SafetensorsDtype>> = {
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
}

interface StorageType extends PickleObject {
  readonly kind: 'storage type'
  readonly dtype: SafetensorsDtype
}

const orderedDictionary: PickleObject = {
  kind: 'OrderedDict',
  call(values) {
    const pairs = values[0]
    const result = new Map<PickleValue, PickleValue>()
    if (pairs === undefined) return result
    if (!Array.isArray(pairs)) throw misformed('an ordered dictionary is made of what is no list')
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2) throw misformed('an ordered dictionary has no pairs')
      result.set(pair[0] ?? null, pair[1] ?? null)
    }
    return result
  },
}

const tensorBuilder: PickleObject = { kind: 'builder', call: buildTensor }

/** A parameter is a tensor that is trained. */
const parameterBuilder: PickleObject = {
  kind: 'builder',
  call([tensor]) {
    if (tensor === undefined || !isTensor(tensor)) throw misformed('a parameter is no tensor')
    return tensor
  },
}

/** The names that a state dictionary needs. */
const known: Readonly<Record<string, PickleObject>> = {
  'collections.OrderedDict': orderedDictionary,
  'torch._utils._rebuild_tensor': tensorBuilder,
  'torch._utils._rebuild_tensor_v2': tensorBuilder,
  'torch._utils._rebuild_parameter': parameterBuilder,
}

/** A table that knows tensors, parameters and ordered dictionaries, and nothing else. It tells every storage that it meets. */
export function torchTable(onStorage: (storage: TorchStorage) => void): PickleTable {
  const storages = new Map<string, TorchStorage>()
  return {
    find(module, name) {
      const full = `${module}.${name}`
      const found = Object.hasOwn(known, full) ? known[full] : undefined
      if (found) return found
      const dtype = module === 'torch' && Object.hasOwn(storageDtypes, name) ? storageDtypes[name] : undefined
      if (dtype) return { kind: 'storage type', dtype } as StorageType
      throw unsafe(
        full,
        `A PyTorch file of weights should hold tensors in dictionaries and nothing else; this one asks for '${full}', which was refused. Save the weights alone: torch.save(model.state_dict(), file).`,
      )
    },
    load(reference) {
      const storage = storageOf(reference)
      const before = storages.get(storage.key)
      if (before && (before.dtype !== storage.dtype || before.length !== storage.length)) {
        throw misformed(`the storage '${storage.key}' is described in two ways`)
      }
      if (!before) {
        storages.set(storage.key, storage)
        onStorage(storage)
      }
      return before ?? storage
    },
  }
}

/** ('storage', type, key, location, length), and in old files a view, which is always None. */
function storageOf(reference: PickleValue): TorchStorage {
  if (!Array.isArray(reference) || reference[0] !== 'storage') throw misformed('a reference is to no storage')
  const [, type, key, , length, view] = reference
  if (
    type === undefined ||
    !isPickleObject(type) ||
    type.kind !== 'storage type' ||
    typeof key !== 'string'
  ) {
    throw misformed('a storage has no type or no key')
  }
  if (!isSize(length)) throw misformed(`the storage '${key}' has no length`)
  if (view !== undefined && view !== null) throw misformed(`the storage '${key}' is a view of another`)
  return { kind: 'storage', key, dtype: (type as StorageType).dtype, length }
}

/** (storage, offset, shape, strides, …): what follows is for training. */
function buildTensor([storage, offset, shape, strides]: readonly PickleValue[]): TorchTensor {
  if (storage === undefined || !isPickleObject(storage) || storage.kind !== 'storage') {
    throw misformed('a tensor has no storage')
  }
  if (!isSize(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length) {
    throw misformed('a tensor has no shape')
  }
  return { kind: 'tensor', storage: storage as TorchStorage, offset, shape, strides }
}

/** Whether it is a tensor of the file. */
export function isTensor(value: PickleValue): value is TorchTensor {
  return isPickleObject(value) && value.kind === 'tensor'
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every(isSize)
}

function misformed(problem: string): Error {
  return damaged('PyTorch', `its pickle is not as PyTorch writes it: ${problem}`)
}

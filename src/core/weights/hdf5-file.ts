import * as h5wasm from 'h5wasm'
import type { SafetensorsDtype } from '../../models/safetensors.ts'
import { mountFile } from './mount-file.ts'
import type { RandomAccess } from './random-access.ts'
import {
  compressedAllowanceBytes,
  damaged,
  itemBytes,
  largestTextBytes,
  tensorBytes,
  unsafe,
} from './weights-file.ts'

/** A group and what is in it. */
export interface Hdf5Group {
  readonly path: string
  readonly groups: ReadonlyMap<string, Hdf5Group>
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>
  /** A text attribute of the group; null where it has none. */
  readonly attribute: (name: string) => string | null
}

/** An array in the file, of numbers. */
export interface Hdf5Dataset {
  readonly path: string
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  readonly read: () => Uint8Array
}

/** An open HDF5 file, read through the HDF5 library as WebAssembly. */
export interface Hdf5File {
  readonly root: Hdf5Group
  readonly close: () => void
}

type H5Module = Awaited<typeof h5wasm.ready>
type Metadata = ReturnType<H5Module['get_dataset_metadata']>

const deepest = 32
/** H5T_STRING. */
const textClass = 3
const mostObjects = 200_000
/** What is read at once: the library keeps a copy of it. */
const pieceBytes = 4 * 2 ** 20
/** A compressed array is unpacked by chunks, and each is in memory as a whole. */
const largestChunkBytes = 32 * 2 ** 20

/**
 * Opens an HDF5 file of any version. The library sees this one file and nothing else of the disk, so that no link, virtual source or
 * external array in it leads anywhere. Closing it closes `access`.
 *
 * @throws AppError 'weights-invalid' where it is damaged, 'weights-unsafe' where it links to other files
 */
export async function openHdf5(access: RandomAccess): Promise<Hdf5File> {
  const module = await h5wasm.ready
  // Else the library writes what is wrong to the program's own output, and tells only that something is.
  module.activate_throwing_error_handler()
  const place = mountFile(module.FS, access)
  let file: h5wasm.File | null = null
  const close = (): void => {
    file?.close()
    place.unmount()
    access.close()
  }
  try {
    file = guarded(() => new h5wasm.File(place.path, 'r'))
    // HDF5's identifiers of files are above zero.
    if (file.file_id <= 0n) throw damaged('HDF5', 'its start is not that of an HDF5 file')
    const context: Context = { module, file, fileBytes: access.size, objects: 0 }
    const root = readGroup(context, '/', 0)
    return { root, close }
  } catch (error) {
    close()
    throw error
  }
}

interface Context {
  readonly module: H5Module
  readonly file: h5wasm.File
  readonly fileBytes: number
  objects: number
}

function readGroup(context: Context, path: string, depth: number): Hdf5Group {
  if (depth > deepest) throw damaged('HDF5', `its groups are nested more than ${deepest} levels deep`)
  const { file } = context
  const group = path === '/' ? file : guarded(() => file.get(path))
  if (!(group instanceof h5wasm.Group)) throw damaged('HDF5', `'${path}' should be a group`)
  const groups = new Map<string, Hdf5Group>()
  const datasets = new Map<string, Hdf5Dataset>()
  for (const key of guarded(() => group.keys())) {
    context.objects += 1
    if (context.objects > mostObjects) throw damaged('HDF5', `it has more than ${mostObjects} objects`)
    const childPath = path === '/' ? `/${key}` : `${path}/${key}`
    const child = guarded(() => file.get(childPath))
    if (child instanceof h5wasm.ExternalLink) throw externalLink(childPath, child.filename)
    if (child instanceof h5wasm.Group) groups.set(key, readGroup(context, childPath, depth + 1))
    if (child instanceof h5wasm.Dataset) {
      const dataset = describeDataset(context, childPath, child)
      if (dataset) datasets.set(key, dataset)
    }
  }
  return {
    path,
    groups,
    datasets,
    attribute: (name) => guarded(() => textAttribute(group, name)),
  }
}

/** Null where its values are no numbers. */
function describeDataset(context: Context, path: string, dataset: h5wasm.Dataset): Hdf5Dataset | null {
  const metadata = guarded(() => dataset.metadata)
  const source = metadata.virtual_sources?.[0]
  if (source) throw externalLink(path, source.file_name)
  const dtype = dtypeOf(metadata, () => guarded(() => textAttribute(dataset, 'dtype')))
  if (dtype === null) return null
  const { shape } = metadata
  if (shape === null) return null
  checkSize(context, path, dataset, dtype, shape)
  if (!metadata.littleEndian && dtype !== 'BF16' && itemBytes(dtype) > 1) {
    throw damaged('Keras', `'${path}' should be stored little-endian, and is big-endian`)
  }
  return { path, dtype, shape, read: () => readDataset(context, path, dtype, shape) }
}

/** Before memory is taken: an array that is not compressed fits its file. */
function checkSize(
  { fileBytes }: Context,
  path: string,
  dataset: h5wasm.Dataset,
  dtype: SafetensorsDtype,
  shape: readonly number[],
): void {
  const bytes = tensorBytes(dtype, shape)
  const { chunks } = dataset.metadata
  const compressed = chunks !== null && guarded(() => dataset.filters).length > 0
  const limit = compressed ? fileBytes + compressedAllowanceBytes : fileBytes
  if (bytes > limit) {
    throw damaged(
      'HDF5',
      `'${path}' of shape [${shape.join(', ')}] would take ${bytes} bytes, and the file has ${fileBytes}`,
    )
  }
  if (chunks !== null && tensorBytes(dtype, chunks) > largestChunkBytes) {
    throw damaged('HDF5', `'${path}' should be stored in chunks of at most ${largestChunkBytes} bytes`)
  }
}

const integers: Readonly<Record<string, SafetensorsDtype>> = {
  '1true': 'I8',
  '1false': 'U8',
  '2true': 'I16',
  '2false': 'U16',
  '4true': 'I32',
  '4false': 'U32',
  '8true': 'I64',
  '8false': 'U64',
}

/** Keras stores bfloat16 as bytes without a type, and says so in an attribute. */
function dtypeOf({ type, size, signed }: Metadata, attribute: () => string | null): SafetensorsDtype | null {
  const classes = { integer: 0, float: 1, opaque: 5 }
  if (type === classes.float) return ({ 2: 'F16', 4: 'F32', 8: 'F64' } as const)[size] ?? null
  if (type === classes.integer) return integers[`${size}${signed}`] ?? null
  if (type === classes.opaque && size === 2 && attribute() === 'bfloat16') return 'BF16'
  return null
}

/** In pieces, so that the library's copy of it stays small. */
function readDataset(
  { module, file }: Context,
  path: string,
  dtype: SafetensorsDtype,
  shape: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(tensorBytes(dtype, shape))
  if (bytes.length === 0) return bytes
  const pointer = module._malloc(Math.min(pieceBytes, bytes.length))
  if (pointer === 0) throw damaged('HDF5', `there is no memory to read '${path}'`)
  try {
    let position = 0
    for (const { offset, count } of piecesOf(shape, Math.floor(pieceBytes / itemBytes(dtype)))) {
      const length = count.reduce((product, size) => product * size, itemBytes(dtype))
      const status = guarded(() =>
        module.get_dataset_data(
          file.file_id,
          path,
          shape.length === 0 ? null : count.map(BigInt),
          shape.length === 0 ? null : offset.map(BigInt),
          shape.length === 0 ? null : shape.map(() => 1n),
          BigInt(pointer),
        ),
      )
      if (status < 0) throw damaged('HDF5', `the values of '${path}' cannot be read`)
      bytes.set(module.HEAPU8.subarray(pointer, pointer + length), position)
      position += length
    }
    return bytes
  } finally {
    module._free(pointer)
  }
}

/** Blocks of at most `most` values that together are the whole array in row-major order. */
function* piecesOf(shape: readonly number[], most: number): Iterable<{ offset: number[]; count: number[] }> {
  // Axes behind `axis` are read whole; those before it one by one.
  let axis = shape.length
  let inner = 1
  while (axis > 0 && inner * (shape[axis - 1] ?? 1) <= most) {
    axis -= 1
    inner *= shape[axis] ?? 1
  }
  if (axis === 0) {
    yield { offset: shape.map(() => 0), count: [...shape] }
    return
  }
  const split = axis - 1
  const length = shape[split] ?? 1
  const step = Math.max(1, Math.floor(most / inner))
  const outer = shape.slice(0, split)
  const rows = outer.reduce((product, size) => product * size, 1)
  for (let row = 0; row < rows; row += 1) {
    const place = placeOf(row, outer)
    for (let begin = 0; begin < length; begin += step) {
      yield {
        offset: [...place, begin, ...shape.slice(axis).map(() => 0)],
        count: [...place.map(() => 1), Math.min(step, length - begin), ...shape.slice(axis)],
      }
    }
  }
}

function placeOf(row: number, shape: readonly number[]): number[] {
  const place: number[] = []
  let rest = row
  for (const size of shape.toReversed()) {
    place.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return place
}

/** One text, of whatever HDF5's two ways to store it; what it claims to be is checked before it is read. */
function textAttribute(object: h5wasm.Group | h5wasm.Dataset, name: string): string | null {
  const attribute = object.attrs[name]
  if (attribute === undefined) return null
  const { type, total_size: count, size } = attribute.metadata
  if (type !== textClass || count !== 1 || size > largestTextBytes) return null
  const { value } = attribute
  const text: unknown = Array.isArray(value) ? value[0] : value
  return typeof text === 'string' ? text : null
}

/** Errors of the library are those of a damaged file: it has checked what it was asked. */
function guarded<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (/external/i.test(text)) throw externalLink('an array', 'another file')
    // The library tells the whole way to its error; the last step says what is wrong.
    const steps = [...text.matchAll(/ in \w+\(\): (.+)/g)].map(([, step]) => step ?? '')
    throw damaged('HDF5', (steps.at(-1) ?? text).slice(0, 200))
  }
}

function externalLink(path: string, file: string): Error {
  return unsafe(
    file,
    `A file of weights should hold all of its data; in this one '${path}' links to '${file}'. Save the weights again into one file.`,
    { path },
  )
}

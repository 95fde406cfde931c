import { realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { SafetensorsDtype } from '../../models/safetensors.ts'
import { AppError } from '../../contract/errors.ts'
import { refuseCode } from './keras-config.ts'
import { openRandomAccess, type RandomAccess } from './random-access.ts'
import {
  damaged,
  largestTensorCount,
  largestTextBytes,
  tensorBytes,
  unsafe,
  type ForeignTensor,
  type WeightsFormat,
} from './weights-file.ts'

const dtypes: Readonly<Record<string, SafetensorsDtype>> = {
  float32: 'F32',
  int32: 'I32',
  uint8: 'U8',
  uint16: 'U16',
  float16: 'F16',
  bool: 'BOOL',
}
const mostShards = 10_000

/** TensorFlow.js's layers model: `model.json`, and shards of values beside it, perhaps as 8 or 16 bits. */
export const tfjsLayersFormat: WeightsFormat = {
  id: 'tfjs-layers',
  endings: ['.json'],
  matches: ({ bytes }) => /^\uFEFF?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64))),
  async open(path) {
    const shards: Shards = { folder: dirname(path), open: [] }
    const close = (): void => {
      for (const shard of shards.open) shard.close()
    }
    try {
      const { weightsManifest } = readModelJson(path)
      const tensors = weightsManifest.flatMap((group, index) => groupTensors(shards, group, index))
      if (tensors.length > largestTensorCount) {
        throw damaged(
          'TensorFlow.js',
          `it should have at most ${largestTensorCount} tensors, and has ${tensors.length}`,
        )
      }
      return await Promise.resolve({ format: 'tfjs-layers', tensors, close })
    } catch (error) {
      close()
      throw error
    }
  },
}

interface Shards {
  readonly folder: string
  readonly open: RandomAccess[]
}

/** `model.json`, of which nothing but the kind was checked. */
export interface ModelJson {
  readonly weightsManifest: readonly unknown[]
  /** Free of layers that are code. Undefined or null in a file of weights alone. */
  readonly modelTopology: unknown
}

/** @throws AppError 'weights-invalid', 'weights-unsafe', 'weights-format-unknown' where it is another kind of JSON */
export function readModelJson(path: string): ModelJson {
  const file = openRandomAccess(path)
  try {
    if (file.size > largestTextBytes) {
      throw damaged(
        'TensorFlow.js',
        `model.json should be at most ${largestTextBytes} bytes, and is ${file.size}`,
      )
    }
    const model = parseJson(new TextDecoder().decode(file.read(0, file.size)))
    const { format, weightsManifest, modelTopology } = model
    if (format === 'graph-model') {
      throw new AppError(
        'weights-format-unknown',
        'A TensorFlow.js layers model is expected; this is a graph model, whose layers have lost their names. Convert the original with the output format tfjs_layers_model.',
      )
    }
    if (!Array.isArray(weightsManifest)) {
      throw new AppError(
        'weights-format-unknown',
        "A TensorFlow.js model's JSON file should have a 'weightsManifest'; this one has none. Choose the file model.json.",
      )
    }
    refuseCode(modelTopology)
    return { weightsManifest: weightsManifest as unknown[], modelTopology }
  } finally {
    file.close()
  }
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(
      'TensorFlow.js',
      `model.json should be JSON (${error instanceof Error ? error.message : ''})`,
    )
  }
  return asObject(value, 'model.json')
}

/** @throws AppError 'weights-invalid', saying that what is called `name` should be an object */
export function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw damaged('TensorFlow.js', `'${name}' should be a JSON object`)
}

/** The tensors of a group lie one behind another in its shards, which are one run of bytes. */
function groupTensors(shards: Shards, value: unknown, index: number): ForeignTensor[] {
  const { paths, weights } = asObject(value, `weightsManifest[${index}]`)
  if (!Array.isArray(paths) || !Array.isArray(weights)) {
    throw damaged('TensorFlow.js', `weightsManifest[${index}] should have 'paths' and 'weights'`)
  }
  const files = (paths as unknown[]).map((path) => openShard(shards, path))
  let position = 0
  const tensors = (weights as unknown[]).map((weight) => {
    const begin = position
    const { tensor, bytes } = describeTensor(weight, (length) => readAcross(files, begin, length))
    position += bytes
    return tensor
  })
  const size = files.reduce((sum, file) => sum + file.size, 0)
  if (size !== position) {
    throw damaged(
      'TensorFlow.js',
      `the tensors of its shards ${(paths as unknown[]).map((path) => `'${String(path)}'`).join(', ')} take ${position} bytes, and the shards have ${size}`,
    )
  }
  return tensors
}

/** Only a file in the model's own folder, or below it. */
function openShard(shards: Shards, path: unknown): RandomAccess {
  if (typeof path !== 'string' || path === '') throw damaged('TensorFlow.js', 'a shard should have a path')
  const parts = path.split(/[\\/]/)
  if (parts.includes('..') || parts[0] === '' || path.includes(':') || path.includes('\0'))
    throw outside(path)
  if (shards.open.length >= mostShards)
    throw damaged('TensorFlow.js', `it has more than ${mostShards} shards`)
  const full = join(shards.folder, ...parts)
  const shard = openOrExplain(full, path)
  shards.open.push(shard)
  if (!realpathSync(full).startsWith(realpathSync(shards.folder) + sep)) throw outside(path)
  return shard
}

function openOrExplain(full: string, path: string): RandomAccess {
  try {
    return openRandomAccess(full)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'source-not-found') throw error
    throw damaged('TensorFlow.js', `its shard '${path}' should be beside model.json, and is not there`)
  }
}

function outside(path: string): Error {
  return unsafe(
    path,
    `The shards of a TensorFlow.js model should be files beside its model.json; this one names '${path}', which was refused. Put the shards into one folder and name them without folders.`,
  )
}

function describeTensor(
  value: unknown,
  read: (length: number) => Uint8Array,
): { tensor: ForeignTensor; bytes: number } {
  const { name, shape, dtype, quantization } = asObject(value, 'weights')
  if (typeof name !== 'string' || name === '') throw damaged('TensorFlow.js', 'a tensor should have a name')
  if (!isSizes(shape))
    throw damaged('TensorFlow.js', `the shape of '${name}' should be up to 16 whole numbers`)
  const stored = quantization === undefined ? null : describeQuantization(name, quantization)
  const storedDtype = stored?.dtype ?? (typeof dtype === 'string' ? dtypes[dtype] : undefined)
  if (storedDtype === undefined) {
    throw damaged(
      'TensorFlow.js',
      `the type of '${name}' should be one of ${Object.keys(dtypes).join(', ')}, and is '${String(dtype)}'`,
    )
  }
  const bytes = tensorBytes(storedDtype, shape)
  const parts = name.split('/')
  const scopes = parts.slice(0, -1)
  const tensor: ForeignTensor = {
    name,
    // The slash may also be of the layer's own name.
    layers: [...scopes.toReversed(), ...(scopes.length > 1 ? [scopes.join('/')] : [])],
    weight: parts.at(-1) ?? name,
    dtype: storedDtype,
    shape,
    ...(stored?.affine ? { quantization: stored.affine } : {}),
    read: () => read(bytes),
  }
  return { tensor, bytes }
}

/** @see tfjs-core/src/io/types.ts WeightsManifestEntry */
function describeQuantization(
  name: string,
  value: unknown,
): { dtype: SafetensorsDtype; affine?: { scale: number; minimum: number } } {
  const { dtype, scale, min } = asObject(value, `quantization of ${name}`)
  if (dtype === 'float16') return { dtype: 'F16' }
  if ((dtype !== 'uint8' && dtype !== 'uint16') || typeof scale !== 'number' || typeof min !== 'number') {
    throw damaged(
      'TensorFlow.js',
      `the quantization of '${name}' should be float16, or uint8 or uint16 with 'scale' and 'min'`,
    )
  }
  return { dtype: dtype === 'uint8' ? 'U8' : 'U16', affine: { scale, minimum: min } }
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 16 &&
    value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  )
}

function readAcross(files: readonly RandomAccess[], begin: number, length: number): Uint8Array {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  if (begin + length > total)
    throw damaged('TensorFlow.js', `its shards end at byte ${total} of ${begin + length}`)
  const bytes = new Uint8Array(length)
  let done = 0
  let start = 0
  for (const file of files) {
    const from = Math.max(0, begin + done - start)
    if (done < length && from < file.size) {
      done += file.readInto(bytes, done, Math.min(length - done, file.size - from), from)
    }
    start += file.size
  }
  if (done !== length) throw damaged('TensorFlow.js', 'a shard is cut off')
  return bytes
}

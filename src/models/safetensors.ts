import { AppError } from '../contract/errors.ts'

/** Bytes of one value of each type of the format. */
const itemSizes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const

/** A type of values in a safetensors file. */
export type SafetensorsDtype = keyof typeof itemSizes

/** A tensor as it stands in a file. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  /** Little-endian, row-major. */
  readonly data: Uint8Array
}

/** A tensor's place: `begin` and `end` are bytes from the start of the file. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** What the head of a file says. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>
  /** In the order of the bytes. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>
}

const lengthBytes = 8
const largestHeaderBytes = 100_000_000
const largestRank = 16

/** How many bytes from the start of a file its header takes, from its first 8 bytes. @throws AppError 'weights-invalid' */
export function safetensorsHeaderEnd(start: Uint8Array, fileBytes: number): number {
  if (start.byteLength < lengthBytes || fileBytes < lengthBytes + 2) {
    throw invalid(`it should begin with the length of its header, and has ${fileBytes} bytes`)
  }
  const view = new DataView(start.buffer, start.byteOffset, lengthBytes)
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
  if (length > Math.min(largestHeaderBytes, fileBytes - lengthBytes)) {
    throw invalid(`its header should fit the file of ${fileBytes} bytes, and claims ${length}`)
  }
  return lengthBytes + length
}

/**
 * Reads and checks the head of a safetensors file without touching its tensors: types, shapes against byte counts, and that the tensors
 * fill the file without gaps or overlaps.
 *
 * @param head the file from its start to at least {@link safetensorsHeaderEnd}
 * @param fileBytes the size of the whole file
 * @throws AppError 'weights-invalid'
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseSafetensorsHeader(head: Uint8Array, fileBytes: number): SafetensorsHeader {
  const dataStart = safetensorsHeaderEnd(head, fileBytes)
  if (head.byteLength < dataStart) throw invalid(`its header of ${dataStart} bytes is cut off`)
  const header = parseJson(head.subarray(lengthBytes, dataStart))
  const metadata = new Map<string, string>()
  const entries: [string, SafetensorsEntry][] = []
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(asObject(value, name))) {
        if (typeof text !== 'string') throw invalid(`the metadata '${key}' should be a string`)
        metadata.set(key, text)
      }
    } else {
      entries.push([name, parseEntry(name, value, dataStart, fileBytes)])
    }
  }
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  let expected = dataStart
  for (const [name, { begin, end }] of entries) {
    if (begin !== expected) {
      throw invalid(
        `tensor '${name}' should begin at byte ${expected}, where the one before it ends, and begins at ${begin}`,
      )
    }
    expected = end
  }
  if (expected !== fileBytes) throw invalid(`its tensors end at byte ${expected}, and it has ${fileBytes}`)
  return { metadata, entries: new Map(entries) }
}

/**
 * Reads a whole safetensors file. The tensors are views of `bytes`, not copies.
 *
 * @throws AppError 'weights-invalid'
 */
export function decodeSafetensors(bytes: Uint8Array): {
  metadata: ReadonlyMap<string, string>
  tensors: Map<string, SafetensorsTensor>
} {
  const { metadata, entries } = parseSafetensorsHeader(bytes, bytes.byteLength)
  const tensors = new Map<string, SafetensorsTensor>()
  for (const [name, { dtype, shape, begin, end }] of entries) {
    tensors.set(name, { dtype, shape, data: bytes.subarray(begin, end) })
  }
  return { metadata, tensors }
}

/**
 * Writes a safetensors file; equal tensors, order and metadata give equal bytes. Wider types come first, so that every tensor is aligned.
 *
 * @throws AppError 'weights-invalid' where data and shape disagree
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => itemSizes[b.dtype] - itemSizes[a.dtype])
  for (const [name, { dtype, shape, data }] of ordered) {
    const expected = byteCount(name, dtype, shape)
    if (data.byteLength !== expected) {
      throw invalid(
        `tensor '${name}' of shape [${shape.join(', ')}] should have ${expected} bytes, and has ${data.byteLength}`,
      )
    }
  }
  const head = encodeHead(
    ordered.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    metadata,
  )
  const file = new Uint8Array(ordered.reduce((sum, [, { data }]) => sum + data.byteLength, head.byteLength))
  file.set(head)
  let position = head.byteLength
  for (const [, { data }] of ordered) {
    file.set(data, position)
    position += data.byteLength
  }
  return file
}

/**
 * The start of a safetensors file of float32 tensors, up to the first tensor's values: for a file that is written piece by piece.
 *
 * @param shapes by name, in the order in which the values follow
 */
export function safetensorsHead(
  shapes: ReadonlyMap<string, readonly number[]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return encodeHead(
    [...shapes].map(([name, shape]) => ({ name, dtype: 'F32', shape })),
    metadata,
  )
}

function encodeHead(
  tensors: readonly { name: string; dtype: SafetensorsDtype; shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header = Object.create(null) as Record<string, unknown>
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata
  let offset = 0
  for (const { name, dtype, shape } of tensors) {
    const end = offset + byteCount(name, dtype, shape)
    header[name] = { dtype, shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const headerLength = Math.ceil(json.byteLength / 8) * 8
  const head = new Uint8Array(lengthBytes + headerLength).fill(0x20, lengthBytes)
  new DataView(head.buffer).setUint32(0, headerLength, true)
  head.set(json, lengthBytes)
  return head
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw invalid(`its header should be JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  return asObject(header, 'header')
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`'${name}' should be a JSON object`)
  }
  return value as Record<string, unknown>
}

function parseEntry(name: string, value: unknown, dataStart: number, fileBytes: number): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = asObject(value, name)
  if (!isDtype(dtype)) {
    throw invalid(
      `tensor '${name}' should have one of the types ${Object.keys(itemSizes).join(', ')}, and has '${String(dtype)}'`,
    )
  }
  if (!isSizes(shape) || shape.length > largestRank) {
    throw invalid(`the shape of tensor '${name}' should be up to ${largestRank} whole numbers`)
  }
  if (!isSizes(offsets) || offsets.length !== 2) throw invalid(`tensor '${name}' should have two offsets`)
  const [begin, end] = [dataStart + (offsets[0] ?? 0), dataStart + (offsets[1] ?? 0)]
  if (end > fileBytes || begin > end) {
    throw invalid(
      `tensor '${name}' should lie within the file of ${fileBytes} bytes, and is at ${begin} to ${end}`,
    )
  }
  const expected = byteCount(name, dtype, shape)
  if (end - begin !== expected) {
    throw invalid(
      `tensor '${name}' of shape [${shape.join(', ')}] should have ${expected} bytes, and has ${end - begin}`,
    )
  }
  return { dtype, shape, begin, end }
}

function byteCount(name: string, dtype: SafetensorsDtype, shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, itemSizes[dtype])
  if (!Number.isSafeInteger(count))
    throw invalid(`tensor '${name}' of shape [${shape.join(', ')}] is too large`)
  return count
}

function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(itemSizes, value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
}

function invalid(problem: string): AppError {
  return new AppError(
    'weights-invalid',
    `This is not a whole safetensors file: ${problem}. Get the file again.`,
    { problem },
  )
}

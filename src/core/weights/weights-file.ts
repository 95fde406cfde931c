import type { WeightsFormatId } from '../../contract/entities.ts'
import { AppError, type ErrorDetails } from '../../contract/errors.ts'
import type { SafetensorsDtype } from '../../models/safetensors.ts'

/** The formats' names, for people. */
export const weightsFormatNames: Readonly<Record<WeightsFormatId, string>> = {
  'keras-h5': 'Keras HDF5',
  'keras-zip': 'Keras',
  safetensors: 'safetensors',
  pytorch: 'PyTorch',
  'tfjs-layers': 'TensorFlow.js layers model',
}

/** A tensor in somebody's file. Nothing of its values is in memory until they are read. */
export interface ForeignTensor {
  /** As the file has it, for people. */
  readonly name: string
  /**
   * Keras's and TensorFlow.js's layers that it may belong to, the innermost first, as a model within a model has a name too. Absent
   * where the file's names are PyTorch's, which are one dotted path.
   */
  readonly layers?: readonly string[]
  /** Within its layer: `kernel`; or its place there, counted from 0, where the file does not name it. Absent with `layers`. */
  readonly weight?: string | number
  readonly dtype: SafetensorsDtype
  readonly shape: readonly number[]
  /** In values, by axis; absent: row-major without gaps. */
  readonly strides?: readonly number[]
  /** Where values are whole numbers that stand for `value * scale + minimum`. */
  readonly quantization?: { readonly scale: number; readonly minimum: number }
  /**
   * Its values, little-endian, from the first to the last, in a buffer of its own that begins at a multiple of 8.
   *
   * @throws AppError 'weights-invalid' where the file ends before them
   */
  readonly read: () => Uint8Array
}

/** An open file of weights. */
export interface WeightsFile {
  readonly format: WeightsFormatId
  readonly tensors: readonly ForeignTensor[]
  readonly close: () => void
}

/** One format: how its files are known, and how one is opened. */
export interface WeightsFormat {
  readonly id: WeightsFormatId
  /** The usual endings of its files' names; the bytes decide. */
  readonly endings: readonly string[]
  readonly matches: (start: FileStart) => boolean
  /**
   * Reads what a file says of its tensors. Checks every size that it claims against the file's before memory is taken by it.
   *
   * @throws AppError 'weights-invalid' where it is damaged, 'weights-unsafe' where it is more than data
   */
  readonly open: (path: string) => Promise<WeightsFile>
}

/** What a format is known by. */
export interface FileStart {
  /** The first bytes, up to 4096. */
  readonly bytes: Uint8Array
  /** Names in the archive where it is a zip, else null. */
  readonly entries: readonly string[] | null
}

/** More tensors than any network has. */
export const largestTensorCount = 100_000
/** Text in a file (a header, a manifest, a configuration) is read whole, so it has a limit. */
export const largestTextBytes = 32 * 2 ** 20
/** What is stored compressed may take this much more than its file. */
export const compressedAllowanceBytes = 32 * 2 ** 20

/** The error for a file that is cut off or contradicts itself. `problem` follows 'This is not a whole … file:'. */
export function damaged(format: string, problem: string): AppError {
  return new AppError(
    'weights-invalid',
    `This is not a whole ${format} file: ${problem}. Get the file again.`,
    { problem },
  )
}

/** The error for a file that holds more than weights: code, or paths that lead out of it. */
export function unsafe(refused: string, message: string, details: ErrorDetails = {}): AppError {
  return new AppError('weights-unsafe', message, { refused, ...details })
}

/** The number of bytes of a tensor, or Infinity where that is no number that a file could have. */
export function tensorBytes(dtype: SafetensorsDtype, shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, itemBytes(dtype))
  return Number.isSafeInteger(count) ? count : Infinity
}

/** Bytes of one value. */
export function itemBytes(dtype: SafetensorsDtype): number {
  switch (dtype) {
    case 'F64':
    case 'I64':
    case 'U64':
      return 8
    case 'F32':
    case 'I32':
    case 'U32':
      return 4
    case 'F16':
    case 'BF16':
    case 'I16':
    case 'U16':
      return 2
    default:
      return 1
  }
}

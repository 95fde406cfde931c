import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { epochSchema } from '../contract/entities.ts'
import { trainPlanSchema } from '../contract/train-plan.ts'
import { AppError } from '../contract/errors.ts'
import { float32Bytes, toFloat32 } from '../models/floats.ts'
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '../models/safetensors.ts'
import { writeWholeFile } from './write-whole-file.ts'

const keptCheckpoints = 2
const namePattern = /^epoch-(\d{6})\.safetensors$/

/** What a checkpoint says apart from tensors. Randomness has no state: it derives from seed, epoch and step. */
const stateSchema = z.object({
  format: z.literal('thaw-checkpoint'),
  version: z.literal(2),
  plan: trainPlanSchema,
  classes: z.array(z.string()),
  /** Of the frozen layers' weights; null where none are needed. */
  backboneSha256: z.string().nullable(),
  /** Of the images in training order before shuffling: a resumed run must have the same. */
  orderSha256: z.string(),
  /** Index of the phase that the last epoch belongs to. */
  phase: z.number().int().min(0),
  /** Epochs of the run before that phase. */
  phaseStart: z.number().int().min(0),
  /** The epoch from which early stopping counts at the earliest. */
  patienceFrom: z.number().int().min(0),
  /** Steps that the phase's optimiser has done. */
  step: z.number().int().min(0),
  epochs: z.array(epochSchema).min(1),
  bestEpoch: z.number().int().nullable(),
})
export type CheckpointState = Omit<z.infer<typeof stateSchema>, 'format' | 'version'>

/** A tensor's values with its shape. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Everything that training goes on from, bit for bit. */
export interface Checkpoint {
  readonly state: CheckpointState
  /** Trained parameters and moving statistics, by name. */
  readonly parameters: ReadonlyMap<string, StoredTensor>
  /** Of the optimiser, by `<slot>/<parameter>`. */
  readonly slots: ReadonlyMap<string, StoredTensor>
  /** The parameters of the best epoch, where they are to be restored. */
  readonly best: ReadonlyMap<string, StoredTensor>
}

const groups = ['parameters', 'slots', 'best'] as const

/** Where a run keeps its checkpoints. */
export function checkpointFolder(runFolder: string): string {
  return join(runFolder, 'checkpoints')
}

/**
 * Writes a checkpoint whole or not at all, as one file, and deletes all but the last two.
 *
 * @returns its path
 */
export function writeCheckpoint(runFolder: string, checkpoint: Checkpoint): string {
  const tensors = new Map<string, SafetensorsTensor>()
  for (const group of groups) {
    for (const [name, { shape, values }] of checkpoint[group]) {
      tensors.set(`${group}/${name}`, { dtype: 'F32', shape, data: float32Bytes(values) })
    }
  }
  const state = { format: 'thaw-checkpoint', version: 2, ...checkpoint.state }
  const folder = checkpointFolder(runFolder)
  const epoch = String(checkpoint.state.epochs.length).padStart(6, '0')
  const path = join(folder, `epoch-${epoch}.safetensors`)
  const metadata = { state: JSON.stringify(state), checksum: checksumOf(tensors) }
  writeWholeFile(path, encodeSafetensors(tensors, metadata))
  for (const old of listCheckpoints(runFolder).slice(keptCheckpoints)) rmSync(old, { force: true })
  return path
}

/** The paths of a run's checkpoints, the latest first. Unfinished files have other names and are not among them. */
export function listCheckpoints(runFolder: string): string[] {
  const folder = checkpointFolder(runFolder)
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter((name) => namePattern.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}

/** @throws AppError 'checkpoint-invalid' where the file is damaged or of another kind */
export function readCheckpoint(path: string): Checkpoint {
  try {
    const { metadata, tensors } = decodeSafetensors(readFileSync(path))
    if (metadata.get('checksum') !== checksumOf(tensors)) throw new Error('its bytes are damaged')
    const stored = stateSchema.parse(JSON.parse(metadata.get('state') ?? 'null'))
    const { format: _format, version: _version, ...state } = stored
    const found = { parameters: new Map(), slots: new Map(), best: new Map() } as {
      [Group in (typeof groups)[number]]: Map<string, StoredTensor>
    }
    for (const [key, tensor] of tensors) {
      const group = groups.find((name) => key.startsWith(`${name}/`))
      if (group === undefined) continue
      found[group].set(key.slice(group.length + 1), { shape: tensor.shape, values: toFloat32(tensor) })
    }
    return { state, ...found }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('checkpoint-invalid', `The checkpoint ${path} cannot be used: ${reason}`, { path })
  }
}

/** CRC-32 of all tensors, by their names' order. */
function checksumOf(tensors: ReadonlyMap<string, SafetensorsTensor>): string {
  let checksum = 0
  for (const [name, { data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    checksum = crc32(data, crc32(name, checksum))
  }
  return checksum.toString(16).padStart(8, '0')
}

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError } from '../../contract/errors.ts'
import {
  checkpointFolder,
  listCheckpoints,
  readCheckpoint,
  type Checkpoint,
  type CheckpointState,
} from '../checkpoint.ts'
import type { JobContext } from '../job-context.ts'

/** What a checkpoint must have been made of for a training to go on from it. */
export type CheckpointOrigin = Pick<CheckpointState, 'plan' | 'classes' | 'backboneSha256' | 'orderSha256'>

/**
 * The latest checkpoint of a run that is whole and of the same training; the number of epochs may have changed since. Those that cannot
 * be used are deleted, with a notice for each, so that they are not kept in place of new ones. So are the unfinished files of a trainer
 * that was killed while it wrote.
 *
 * @returns null where there is none: training starts over
 */
export function findCheckpoint(
  runFolder: string,
  origin: CheckpointOrigin,
  { emit }: Pick<JobContext, 'emit'>,
): Checkpoint | null {
  deleteUnfinished(runFolder)
  for (const path of listCheckpoints(runFolder)) {
    try {
      const checkpoint = readCheckpoint(path)
      const difference = differenceOf(checkpoint.state, origin)
      if (difference === null) return checkpoint
      throw new AppError(
        'checkpoint-invalid',
        `The checkpoint ${path} is of another training: ${difference} differs.`,
        { path },
      )
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'checkpoint-invalid') throw error
      emit({ type: 'notice', code: error.code, message: `${error.message} It is passed over.` })
      rmSync(path, { force: true })
    }
  }
  return null
}

/** A run has one trainer at a time, which has not begun to write. */
function deleteUnfinished(runFolder: string): void {
  for (const folder of [runFolder, checkpointFolder(runFolder)]) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder)) {
      if (/\.\d+\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), { force: true })
    }
  }
}

function differenceOf(state: CheckpointState, origin: CheckpointOrigin): string | null {
  if (comparable(state.plan) !== comparable(origin.plan)) return 'the plan'
  if (state.classes.join('\0') !== origin.classes.join('\0')) return 'the list of classes'
  if (state.backboneSha256 !== origin.backboneSha256) return "the backbone's weights"
  return state.orderSha256 === origin.orderSha256 ? null : 'the training images'
}

/** Without what an extension changes. */
function comparable({ epochs: _epochs, phases, ...plan }: TrainPlan): string {
  const starts = phases.map(({ epochs, ...phase }, index) => ({
    ...phase,
    epochs: index === phases.length - 1 ? null : epochs,
  }))
  return JSON.stringify([Object.entries(plan).sort(([a], [b]) => (a < b ? -1 : 1)), starts])
}

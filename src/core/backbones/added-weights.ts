import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type z } from 'zod'
import { addedWeightsSchema, sha256Schema } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { makeOwnFolder } from '../store/own-folder.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { classifierFileName, weightsFileName } from '../weights/file-names.ts'

const descriptionName = 'installed.json'
const incomingPrefix = 'incoming-'

const installedSchema = addedWeightsSchema.extend({ sha256: sha256Schema })

/** What `installed.json` says of the weights that a backbone has. */
export type AddedWeights = z.output<typeof installedSchema>

/**
 * Weights that a person added, in `weights/<backbone>/` of the data folder: files named by their hash, earlier ones too, as runs may have
 * begun with them, and `installed.json`, which tells the one that new runs take.
 */
export interface AddedWeightsStore {
  /**
   * Null where none were added.
   *
   * @throws AppError 'weights-invalid' where what tells it is damaged
   */
  installed(backbone: string): AddedWeights | null
  /** Where the file of that hash is, or would be. */
  path(backbone: string, sha256: string): string
  /** Where the file of the classifier that belongs to it is, or would be. */
  classifierPath(backbone: string, sha256: string): string
  /** An empty folder on the same disk, for files to come. It is deleted by the next call where this process has died. */
  makeIncoming(backbone: string): string
  /** Moves what is in an incoming folder to its place and makes it the one that new runs take. */
  install(backbone: string, incoming: string, weights: AddedWeights): void
  /** @returns the bytes that were freed; 0 where there was nothing */
  remove(backbone: string): number
}

export function addedWeightsStore(dataDir: string): AddedWeightsStore {
  const folderOf = (backbone: string): string => join(dataDir, 'weights', backbone)
  return {
    installed(backbone) {
      const file = join(folderOf(backbone), descriptionName)
      const text = readIfThere(file)
      if (text === null) return null
      try {
        return installedSchema.parse(JSON.parse(text))
      } catch (error) {
        throw new AppError(
          'weights-invalid',
          `${file} should tell the weights of ${backbone}, and is damaged (${error instanceof Error ? error.message : ''}). Add the weights again.`,
          { backbone, path: file },
        )
      }
    },
    path: (backbone, sha256) => join(folderOf(backbone), weightsFileName(sha256)),
    classifierPath: (backbone, sha256) => join(folderOf(backbone), classifierFileName(sha256)),
    makeIncoming: (backbone) => makeOwnFolder(folderOf(backbone), incomingPrefix),
    install(backbone, incoming, weights) {
      const folder = folderOf(backbone)
      // The files are whole and synced; the description, written last, syncs their new names with its own.
      for (const name of readdirSync(incoming)) renameSync(join(incoming, name), join(folder, name))
      writeFileDurably(join(folder, descriptionName), `${JSON.stringify(weights, null, 2)}\n`)
    },
    remove(backbone) {
      const folder = folderOf(backbone)
      if (!existsSync(folder)) return 0
      rmSync(join(folder, descriptionName), { force: true })
      let freed = 0
      for (const name of readdirSync(folder)) {
        if (name.startsWith(incomingPrefix)) continue
        const file = join(folder, name)
        freed += statSync(file).size
        rmSync(file, { force: true })
      }
      return freed
    },
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

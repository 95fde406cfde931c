import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { ownBackboneIdSchema, ownBackboneSchema, type OwnBackbone } from '../../contract/own-backbone.ts'
import type { Backbone } from '../../models/backbone.ts'
import { backbones, findBackbone } from '../../models/catalog.ts'
import { entriesOf } from '../storage/folder-bytes.ts'

/** The file that tells an own backbone: beside its weights, and in the folder of every run that uses it. */
export const ownBackboneFileName = 'backbone.json'

/**
 * The backbone of that id: the catalogue's, or one of the person's own. Runs have theirs beside them.
 *
 * @throws AppError 'backbone-not-found', which lists the ids there are; 'weights-invalid' where what tells it is damaged
 */
export function backboneOf(dataDir: string, id: string): Backbone {
  const own = ownBackboneIdSchema.safeParse(id).success ? readOwnBackbone(weightsFolder(dataDir, id)) : null
  if (own !== null) return findBackbone(id, [own])
  const isKnown = backbones.some(({ meta }) => meta.id === id)
  return findBackbone(id, isKnown ? [] : listOwnBackbones(dataDir).own)
}

/** The person's own backbones by their ids, and what is wrong with those that cannot be read. */
export function listOwnBackbones(dataDir: string): { own: OwnBackbone[]; damaged: AppError[] } {
  const own: OwnBackbone[] = []
  const damaged: AppError[] = []
  for (const { name } of entriesOf(join(dataDir, 'weights')).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    try {
      const read = readOwnBackbone(weightsFolder(dataDir, name))
      if (read !== null) own.push(read)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      damaged.push(error)
    }
  }
  return { own, damaged }
}

/**
 * What a folder tells of an own backbone; null where it tells none.
 *
 * @throws AppError 'weights-invalid' where it is damaged
 */
export function readOwnBackbone(folder: string): OwnBackbone | null {
  const path = join(folder, ownBackboneFileName)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
  try {
    const own = ownBackboneSchema.parse(JSON.parse(text))
    // Its graph too.
    findBackbone(own.id, [own])
    return own
  } catch (error) {
    throw new AppError(
      'weights-invalid',
      `${path} should tell the layers of a model of your own, and is damaged (${error instanceof Error ? error.message : ''}). Remove the backbone and add its model again.`,
      { path },
    )
  }
}

/** Whether a person added a model of that id, be what tells it whole or damaged. */
export function hasOwnBackbone(dataDir: string, id: string): boolean {
  return (
    ownBackboneIdSchema.safeParse(id).success &&
    existsSync(join(weightsFolder(dataDir, id), ownBackboneFileName))
  )
}

/** Where the weights of a backbone are, and what tells it where it is the person's own. */
export function weightsFolder(dataDir: string, id: string): string {
  return join(dataDir, 'weights', id)
}

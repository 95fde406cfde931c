import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../contract/errors.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { parseSafetensorsHeader, safetensorsHeaderEnd } from '../../models/safetensors.ts'
import type { Backbone } from '../../models/backbone.ts'
import { conventionSchema } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import { openRandomAccess } from '../weights/random-access.ts'
import { addedWeightsStore } from './added-weights.ts'

/** Where weights are: those that a person added, and those that ship with the program. */
export type WeightsFolders = Pick<CoreContext, 'dataDir' | 'resourcesDir'>

/** By path, size and time of change: a file is read through once in the life of this process. */
const verified = new Map<string, Promise<string>>()

/**
 * The weights that a backbone has on this machine for new runs: those that were added last, else the embedded ones.
 *
 * @returns null where there are none
 * @throws AppError 'weights-invalid' where the file is not the one that was added or published
 */
export async function findInstalledWeights(
  folders: WeightsFolders,
  backbone: Backbone,
): Promise<WeightsReference | null> {
  const { id } = backbone.meta
  const store = addedWeightsStore(folders.dataDir)
  const added = store.installed(id)
  if (added === null) return findEmbeddedWeights(folders.resourcesDir, backbone)
  const { sha256, convention } = added
  const path = store.path(id, sha256)
  await verify(id, path, sha256, 'Add the weights again.')
  return { backbone: id, path, sha256, convention }
}

/**
 * The weights of a backbone with that hash, be they the installed ones or earlier ones that a run began with.
 *
 * @returns null where they are not on this machine
 * @throws AppError 'weights-invalid' where the file is damaged
 */
export async function findWeightsByHash(
  folders: WeightsFolders,
  backbone: Backbone,
  sha256: string,
): Promise<WeightsReference | null> {
  const { id } = backbone.meta
  const path = addedWeightsStore(folders.dataDir).path(id, sha256)
  if ((await hashOf(path)) === null) {
    const embedded = await findEmbeddedWeights(folders.resourcesDir, backbone)
    return embedded?.sha256 === sha256 ? embedded : null
  }
  await verify(id, path, sha256, 'Add the weights again.')
  const convention = conventionOf(path)
  return { backbone: id, path, sha256, ...(convention ? { convention } : {}) }
}

/** @throws AppError 'weights-missing', 'weights-invalid' */
export async function installedWeights(
  folders: WeightsFolders,
  backbone: Backbone,
): Promise<WeightsReference> {
  const weights = await findInstalledWeights(folders, backbone)
  if (weights) return weights
  const { id } = backbone.meta
  throw new AppError(
    'weights-missing',
    `The pretrained weights of ${id} are not installed. Add a file of them (thaw backbones add FILE --as ${id}), choose an installed backbone, or train it with the mode 'scratch'.`,
    { backbone: id },
  )
}

async function findEmbeddedWeights(
  resourcesDir: string,
  { meta }: Backbone,
): Promise<WeightsReference | null> {
  for (const source of meta.weights) {
    if (source.kind !== 'embedded') continue
    const path = join(resourcesDir, 'pretrained', source.folder, source.file)
    if ((await hashOf(path)) === null) continue
    await verify(meta.id, path, source.sha256, 'Install Thaw again.')
    return { backbone: meta.id, path, sha256: source.sha256 }
  }
  return null
}

/** @throws AppError 'weights-invalid' where the file is missing or another */
async function verify(id: string, path: string, expected: string, advice: string): Promise<void> {
  const received = await hashOf(path)
  if (received === expected) return
  const problem = received === null ? 'is missing' : `has ${received}`
  throw new AppError(
    'weights-invalid',
    `The weights of ${id} were expected to have the SHA-256 ${expected}, but ${path} ${problem}. The file is damaged. ${advice}`,
    { backbone: id, path, expected, received },
  )
}

/** As the canonical file tells it. */
function conventionOf(path: string): WeightsReference['convention'] {
  const file = openRandomAccess(path)
  try {
    const end = safetensorsHeaderEnd(file.read(0, Math.min(8, file.size)), file.size)
    const { metadata } = parseSafetensorsHeader(file.read(0, end), file.size)
    return conventionSchema.safeParse(metadata.get('convention')).data
  } finally {
    file.close()
  }
}

async function hashOf(path: string): Promise<string | null> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (!stats) return null
  const key = `${path}:${stats.size}:${stats.mtimeMs}`
  let hash = verified.get(key)
  if (!hash) {
    hash = readHash(path)
    verified.set(key, hash)
    hash.catch(() => verified.delete(key))
  }
  return hash
}

async function readHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

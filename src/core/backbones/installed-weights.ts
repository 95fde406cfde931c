import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../contract/errors.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import type { Backbone } from '../../models/backbone.ts'

/** By path, size and time of change: a file is read through once in the life of this process. */
const verified = new Map<string, Promise<string>>()

/**
 * The weights of a backbone on this machine.
 *
 * @param resourcesDir where the embedded ones are
 * @returns null where there are none
 * @throws AppError 'weights-invalid' where the file is not the one that was published
 */
export async function findInstalledWeights(
  resourcesDir: string,
  { meta }: Backbone,
): Promise<WeightsReference | null> {
  for (const source of meta.weights) {
    if (source.kind !== 'embedded') continue
    const path = join(resourcesDir, 'pretrained', source.folder, source.file)
    const sha256 = await hashOf(path)
    if (sha256 === null) continue
    if (sha256 === source.sha256) return { backbone: meta.id, path, sha256 }
    throw new AppError(
      'weights-invalid',
      `The weights of ${meta.id} were expected to have the SHA-256 ${source.sha256}, but ${path} has ${sha256}. The file is damaged; install Thaw again.`,
      { backbone: meta.id, path, expected: source.sha256, received: sha256 },
    )
  }
  return null
}

/** @throws AppError 'weights-missing', 'weights-invalid' */
export async function installedWeights(resourcesDir: string, backbone: Backbone): Promise<WeightsReference> {
  const weights = await findInstalledWeights(resourcesDir, backbone)
  if (weights) return weights
  throw new AppError(
    'weights-missing',
    `The pretrained weights of ${backbone.meta.id} are not installed. Choose an installed backbone, or train it with the mode 'scratch'.`,
    { backbone: backbone.meta.id },
  )
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

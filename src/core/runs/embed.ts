import { closeSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SkippedFile } from '../../contract/entities.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError } from '../../contract/errors.ts'
import type { JobEvent, Manifest } from '../../contract/jobs.ts'
import { nodeOf } from '../../models/graph.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { imageFile } from '../images/image-file.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { toAppError } from '../store/to-app-error.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { markUnreadable } from './mark-unreadable.ts'
import { npyHeader } from './npy.ts'
import { featureCache } from '../storage/budgets.ts'
import { waitForImages } from './wait-for-images.ts'

export interface EmbedOptions {
  backbone: string
  layer?: string
  /** Absolute. */
  outPath: string
  engine: TrainPlan['engine']
}

export interface EmbedResult {
  images: number
  features: number
  seconds: number
  cached: number
  /** Their rows are NaN, so that the others keep their places. */
  skipped: SkippedFile[]
}

type Deps = Pick<CoreContext, 'resourcesDir' | 'publish' | 'dataDir' | 'log'> & {
  trainers: Trainers
  onEvent?: (event: JobEvent) => void
  /** Of the project's closing. */
  signal: AbortSignal
}

/**
 * Features of every image in the order of `images.ids` by path, as an npy file of float32 `[images, features]`.
 *
 * @throws AppError 'backbone-not-found', 'layer-not-found', 'weights-missing', 'no-images', 'disk-full', and the trainer's own
 */
export async function embedImages(
  deps: Deps,
  project: OpenProject,
  { backbone: id, layer, outPath, engine }: EmbedOptions,
): Promise<EmbedResult> {
  const { trainers, onEvent, signal } = deps
  const backbone = backboneOf(deps.dataDir, id)
  if (layer !== undefined) nodeOf(backbone.build(), layer)
  const weights = await installedWeights(deps, backbone)
  await waitForImages(project, 'all', signal)
  const images = imagesByPath(project)
  if (images.length === 0) {
    throw new AppError('no-images', 'The project has no images to make features of. Import some first.')
  }
  // An image that was never read has no hash to cache its features by.
  const unread = images.filter(({ sha256 }) => sha256 === '')
  const manifest: Manifest = { classes: [], images: images.filter(({ sha256 }) => sha256 !== '') }
  if (manifest.images.length === 0) {
    throw new AppError(
      'image-unreadable',
      `None of the ${images.length} images has been read yet. Import their folder again.`,
    )
  }
  const folder = join(project.folders.cache, 'jobs')
  const job = crypto.randomUUID()
  const manifestPath = join(folder, `${job}.json`)
  const rowsPath = join(folder, `${job}.f32`)
  try {
    mkdirSync(folder, { recursive: true })
    mkdirSync(dirname(outPath), { recursive: true })
    writeFileDurably(manifestPath, JSON.stringify(manifest))
    const input = {
      manifestPath,
      weights,
      own: backbone.own,
      layer: layer ?? null,
      engine,
      outPath: rowsPath,
      cache: featureCache(deps, project),
    }
    const { features, seconds, cached, skipped } = await trainers.runShort('features', input, {
      onEvent,
      signal,
    })
    const missing = new Set([...skipped, ...unread].map(({ path }) => path))
    const present = images.map(({ path }) => !missing.has(path))
    writeFileDurably(outPath, npyOf(rowsPath, present, features))
    markUnreadable(deps, project, skipped, new Map(images.map(({ path, sha256 }) => [path, sha256])))
    const neverRead = unread.map(({ path }) => ({
      path,
      reason: 'unreadable' as const,
      detail: 'never read',
    }))
    return { images: images.length, features, seconds, cached, skipped: [...skipped, ...neverRead] }
  } catch (error) {
    throw toAppError(error, outPath)
  } finally {
    rmSync(manifestPath, { force: true })
    rmSync(rowsPath, { force: true })
  }
}

function imagesByPath(project: OpenProject): Manifest['images'] {
  type Row = { sha256: string | null; path: string; relativePath: string }
  const rows = project.database
    .prepare<[], Row>(
      `SELECT sha256, path, relative_path AS relativePath FROM images WHERE removed_at IS NULL
       ORDER BY sort_key, path`,
    )
    .all()
  return rows.map((row) => ({
    path: imageFile(project, row),
    sha256: row.sha256 ?? '',
    relativePath: row.relativePath,
    classIndex: -1,
    split: null,
  }))
}

/** Header and rows; an image that is not present gets a row of NaN. */
function* npyOf(rowsPath: string, present: readonly boolean[], features: number): Iterable<Uint8Array> {
  const rowBytes = features * 4
  const rows = present.filter(Boolean).length
  const { size } = statSync(rowsPath)
  if (size !== rows * rowBytes) {
    throw new AppError(
      'internal',
      `The trainer was to write ${rows} rows of ${features} features (${rows * rowBytes} bytes); it wrote ${size}.`,
    )
  }
  yield npyHeader([present.length, features])
  const absent = new Uint8Array(new Float32Array(features).fill(NaN).buffer)
  const file = openSync(rowsPath, 'r')
  try {
    const chunk = Buffer.alloc(Math.max(1, Math.floor(2 ** 20 / rowBytes)) * rowBytes)
    for (let index = 0; index < present.length;) {
      if (!present[index]) {
        yield absent
        index += 1
        continue
      }
      let count = 1
      while ((count + 1) * rowBytes <= chunk.length && present[index + count]) count += 1
      for (let read = 0; read < count * rowBytes;) {
        read += readSync(file, chunk, read, count * rowBytes - read, null)
      }
      yield chunk.subarray(0, count * rowBytes)
      index += count
    }
  } finally {
    closeSync(file)
  }
}

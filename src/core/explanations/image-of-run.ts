import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { Manifest } from '../../contract/jobs.ts'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import { pathFinder } from '../images/path-finder.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runIdOf } from '../runs/stored-runs.ts'

/** A file to look at, with the hash that its bytes must have; empty: whatever they are. */
export interface FileOfImage {
  readonly path: string
  readonly sha256: string
}

/**
 * The file of an image that the project has, or that a run saw; or any file.
 *
 * @throws AppError 'image-not-found' where neither knows it, 'image-missing' where its file is gone
 */
export function imageOfRun(
  project: OpenProject,
  runNumber: number,
  manifest: () => Manifest,
  image: RequestParsedInput<'runs.explain'>['image'],
): FileOfImage {
  if ('path' in image) return { path: resolve(image.path), sha256: '' }
  const { sha256 } = image
  const path = pathFinder(project)(sha256) ?? manifest().images.find((known) => known.sha256 === sha256)?.path
  if (path === undefined) {
    throw new AppError(
      'image-not-found',
      `No image of the project, or of ${runIdOf(runNumber)}, has the SHA-256 ${sha256}. Choose one that is there.`,
      { sha256 },
    )
  }
  if (existsSync(path)) return { path, sha256 }
  throw new AppError(
    'image-missing',
    `The file ${path} of this image is gone. Put it back where it was imported from.`,
    { path },
  )
}

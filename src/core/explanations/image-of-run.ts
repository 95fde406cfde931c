import { existsSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'
import type { Manifest } from '../../contract/jobs.ts'
import { pathFinder } from '../images/path-finder.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runIdOf } from '../runs/stored-runs.ts'

/**
 * The file of an image that the project has, or that a run saw.
 *
 * @throws AppError 'image-not-found' where neither knows it, 'image-missing' where its file is gone
 */
export function imageOfRun(
  project: OpenProject,
  runNumber: number,
  manifest: () => Manifest,
  sha256: string,
): string {
  const path = pathFinder(project)(sha256) ?? manifest().images.find((image) => image.sha256 === sha256)?.path
  if (path === undefined) {
    throw new AppError(
      'image-not-found',
      `No image of the project, or of ${runIdOf(runNumber)}, has the SHA-256 ${sha256}. Choose one that is there.`,
      { sha256 },
    )
  }
  if (existsSync(path)) return path
  throw new AppError(
    'image-missing',
    `The file ${path} of this image is gone. Put it back where it was imported from.`,
    { path },
  )
}

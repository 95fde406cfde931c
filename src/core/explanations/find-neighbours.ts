import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { WeightsFolders } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { pathFinder } from '../images/path-finder.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readManifest, runFolder } from '../runs/run-files.ts'
import { requireModel, weightsOf } from '../runs/run-model.ts'
import { toRun } from '../runs/stored-runs.ts'
import { featureCache } from '../storage/budgets.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { imageOfRun } from './image-of-run.ts'

type Deps = WeightsFolders & Pick<CoreContext, 'log'> & { trainers: Trainers; signal: AbortSignal }

/**
 * The training images of a run that its model takes to be most like an image.
 *
 * @throws AppError 'run-has-no-model', 'image-not-found', 'image-missing', 'image-unreadable', 'weights-missing', 'cancelled'
 */
export async function findNeighbours(
  { trainers, signal, ...deps }: Deps,
  project: OpenProject,
  run: RunRow,
  image: RequestParsedInput<'runs.neighbours'>['image'],
  count: number,
): Promise<RequestOutput<'runs.neighbours'>> {
  requireModel(run)
  const manifest = readManifest(project, run.number)
  const currentPath = pathFinder(project)
  const training = manifest.images.filter(({ split, classIndex }) => split === 'train' && classIndex >= 0)
  const input = {
    runFolder: runFolder(project, run.number),
    ...imageOfRun(project, run.number, () => manifest, image),
    images: training.map(({ path, sha256 }) => ({ path: currentPath(sha256) ?? path, sha256 })),
    count,
    weights: await weightsOf(deps, project, run),
    engine: toRun(run).plan.engine,
    cache: featureCache(deps, project),
  }
  const { neighbours } = await trainers.runShort('neighbours', input, { signal })
  const findId = project.database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  return {
    neighbours: neighbours.flatMap(({ position, similarity }) => {
      const found = training[position]
      if (found === undefined) return []
      const { sha256, classIndex } = found
      const name = manifest.classes[classIndex] ?? ''
      return [{ imageId: findId.get(sha256) ?? null, sha256, class: name, similarity }]
    }),
  }
}

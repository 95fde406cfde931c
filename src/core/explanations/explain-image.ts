import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { WeightsFolders } from '../backbones/installed-weights.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readManifest, runFolder } from '../runs/run-files.ts'
import { requireModel, weightsOf } from '../runs/run-model.ts'
import { toRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { imageOfRun } from './image-of-run.ts'

type Deps = WeightsFolders & { trainers: Trainers; signal: AbortSignal }
type Wanted = Pick<RequestParsedInput<'runs.explain'>, 'image' | 'method' | 'class' | 'layer'>

/**
 * What in an image speaks for a class, by a run's model. Nothing is stored.
 *
 * @throws AppError 'run-has-no-model', 'image-not-found', 'image-missing', 'image-unreadable', 'class-not-found', 'layer-not-found', 'layer-too-small',
 * 'weights-missing', 'cancelled'
 */
export async function explainImage(
  { trainers, signal, ...folders }: Deps,
  project: OpenProject,
  run: RunRow,
  { image, method, class: about, layer }: Wanted,
): Promise<RequestOutput<'runs.explain'>> {
  requireModel(run)
  const input = {
    runFolder: runFolder(project, run.number),
    ...imageOfRun(project, run.number, () => readManifest(project, run.number), image),
    weights: await weightsOf(folders, project, run),
    engine: toRun(run).plan.engine,
    method,
    class: about,
    layer,
  }
  const { map, overlay, ...explanation } = await trainers.runShort('explain', input, { signal })
  return {
    ...explanation,
    map: { ...map, values: [...map.values] },
    overlay: Buffer.from(overlay).toString('base64'),
  }
}

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

/** What the channels of a layer find in an image. @throws as `explainImage` */
export async function showLayerMaps(
  { trainers, signal, ...folders }: Deps,
  project: OpenProject,
  run: RunRow,
  { image, layer, count }: Pick<RequestParsedInput<'runs.layerMaps'>, 'image' | 'layer' | 'count'>,
): Promise<RequestOutput<'runs.layerMaps'>> {
  requireModel(run)
  const input = {
    runFolder: runFolder(project, run.number),
    ...imageOfRun(project, run.number, () => readManifest(project, run.number), image),
    weights: await weightsOf(folders, project, run),
    engine: toRun(run).plan.engine,
    layer,
    count,
  }
  const { maps, ...about } = await trainers.runShort('layerMaps', input, { signal })
  return {
    ...about,
    maps: maps.map(({ values, ...map }) => ({ ...map, values: Buffer.from(values).toString('base64') })),
  }
}

/** The filters of a run's first layer. @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid' */
export async function showFilters(
  { trainers, signal, ...folders }: Deps,
  project: OpenProject,
  run: RunRow,
): Promise<RequestOutput<'runs.filters'>> {
  requireModel(run)
  const weights = await weightsOf(folders, project, run)
  const input = { runFolder: runFolder(project, run.number), weights }
  const { filters } = await trainers.runShort('colorFilters', input, { signal })
  return {
    filters: filters && { ...filters, tiles: Buffer.from(filters.tiles).toString('base64') },
  }
}

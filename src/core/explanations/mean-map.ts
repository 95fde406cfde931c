import { AppError } from '../../contract/errors.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import type { WeightsFolders } from '../backbones/installed-weights.ts'
import { evaluatedRows } from '../evaluation/evaluated-images.ts'
import { scoredSplit } from '../evaluation/scored-split.ts'
import { pathFinder } from '../images/path-finder.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readManifest, runFolder } from '../runs/run-files.ts'
import { requireModel, weightsOf } from '../runs/run-model.ts'
import { runIdOf, toRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'

type Deps = WeightsFolders & {
  trainers: Trainers
  signal: AbortSignal
  onEvent: (event: JobEvent) => void
}

/**
 * The mean heat map of the images of a cell of the confusion matrix, or of a class.
 *
 * @throws AppError 'run-has-no-model', 'no-images' where there are none, 'class-not-found', 'layer-not-found', 'layer-too-small',
 * 'image-unreadable', 'weights-missing', 'cancelled'
 */
export async function meanMapOf(
  { trainers, signal, onEvent, ...folders }: Deps,
  project: OpenProject,
  run: RunRow,
  wanted: Omit<RequestParsedInput<'runs.meanMap'>, 'projectId' | 'runId' | 'asker'>,
): Promise<RequestOutput<'runs.meanMap'>> {
  requireModel(run)
  const { split, truth, predicted, method, class: about, layer, most } = wanted
  const { plan } = toRun(run)
  const scored = scoredSplit(project, run, split)
  const only = { truth, ...(predicted === null ? {} : { predicted }) }
  const all = scored ? evaluatedRows(scored, only).map((row) => scored.hashes[row] ?? '') : []
  if (all.length === 0) {
    throw new AppError(
      'no-images',
      `${runIdOf(run.number)} has no images of '${truth}' in the ${split} split${predicted === null ? '' : ` that it predicts as '${predicted}'`}. Choose others.`,
      { class: truth, split },
    )
  }
  const chosen = evenly(all.toSorted(), most)
  const currentPath = pathFinder(project)
  const seen = new Map(readManifest(project, run.number).images.map((image) => [image.sha256, image.path]))
  const input = {
    runFolder: runFolder(project, run.number),
    images: chosen.map((sha256) => ({ sha256, path: currentPath(sha256) ?? seen.get(sha256) ?? '' })),
    weights: await weightsOf(folders, project, run),
    engine: plan.engine,
    method,
    class: about,
    layer,
  }
  const { map, overlay, picture, ...answer } = await trainers.runShort('meanMap', input, { signal, onEvent })
  return {
    ...answer,
    total: all.length,
    map: { ...map, values: [...map.values] },
    overlay: Buffer.from(overlay).toString('base64'),
    picture: Buffer.from(picture).toString('base64'),
  }
}

/** At most so many of a list, from its beginning to its end. */
function evenly<Value>(all: readonly Value[], most: number): Value[] {
  const step = Math.max(1, all.length / most)
  return Array.from(
    { length: Math.min(most, all.length) },
    (_, index) => all[Math.floor(index * step)] as Value,
  )
}

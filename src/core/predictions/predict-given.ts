import type { RequestOutput } from '../../contract/requests/index.ts'
import { isAccepted, scaleByTemperature } from '../../metrics/index.ts'
import { evaluationSettings } from '../evaluation/evaluation-settings.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { predictFiles, topOf } from '../runs/predict.ts'
import type { RunRow } from '../store/tables/runs.ts'

/**
 * Predicts files, and tells which predictions the run's own threshold lets pass.
 *
 * @throws as `predictFiles`
 */
export async function predictGiven(
  deps: Parameters<typeof predictFiles>[0],
  project: OpenProject,
  run: RunRow,
  paths: readonly string[],
  top: number,
): Promise<RequestOutput<'predictions.of'>> {
  const { classes, predicted, skipped } = await predictFiles(deps, project, run, paths)
  const { rejection, temperature } = await evaluationSettings(project, run)
  const isSure = (probabilities: Float32Array): boolean => {
    const judged =
      rejection?.calibrated && temperature !== null
        ? scaleByTemperature(probabilities, classes.length, temperature.value)
        : probabilities
    const [first] = topOf(classes, judged, 1)
    return first === undefined || isAccepted(rejection, first.class, first.probability)
  }
  return {
    predictions: predicted.map(({ path, probabilities }) => ({
      path,
      top: topOf(classes, probabilities, top),
      sure: isSure(probabilities),
    })),
    skipped,
  }
}

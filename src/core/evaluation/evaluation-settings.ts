import {
  rejectionRuleSchema,
  temperatureSchema,
  type EvaluationSettings,
  type RejectionRule,
} from '../../contract/evaluation.ts'
import { AppError } from '../../contract/errors.ts'
import { fitTemperature } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { toRun } from '../runs/stored-runs.ts'
import type { EvaluationSettingsRow } from '../store/tables/evaluation-settings.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { inSlices } from './in-slices.ts'
import { requireClass } from './require-class.ts'
import { scoredSplit } from './scored-split.ts'

/** What is kept with the run's evaluation. A temperature that it has none of yet is fitted on the validation split, and kept. */
export async function evaluationSettings(project: OpenProject, run: RunRow): Promise<EvaluationSettings> {
  const row = storedRow(project, run.number)
  const rejection = row?.rejection == null ? null : rejectionRuleSchema.parse(JSON.parse(row.rejection))
  if (row?.temperature != null) {
    const temperature = temperatureSchema.parse(JSON.parse(row.temperature))
    return { temperature, temperatureMissing: null, rejection }
  }
  const validation = scoredSplit(project, run, 'validation')
  if (validation === null) return { temperature: null, temperatureMissing: 'no-validation', rejection }
  const value = await inSlices(fitTemperature(validation.predictions))
  if (value === null) return { temperature: null, temperatureMissing: 'undetermined', rejection }
  const temperature = { value, images: validation.predictions.examples }
  // It may have been trained further meanwhile.
  if (scoredSplit(project, run, 'validation') === validation)
    store(project, run.number, 'temperature', temperature)
  return { temperature, temperatureMissing: null, rejection }
}

/**
 * Keeps the threshold below which the run is not sure.
 *
 * @throws AppError 'class-not-found' where it names a class that the run has not, 'temperature-missing' where it is for calibrated
 *   probabilities and the run has no temperature
 */
export async function setRejectionRule(
  project: OpenProject,
  run: RunRow,
  rule: RejectionRule | null,
): Promise<EvaluationSettings> {
  const { classes } = toRun(run)
  for (const name of Object.keys(rule?.byClass ?? {})) requireClass(classes, name)
  const settings = await evaluationSettings(project, run)
  if (rule?.calibrated) requireTemperature(settings)
  store(project, run.number, 'rejection', rule)
  return { ...settings, rejection: rule }
}

/** @throws AppError 'temperature-missing' */
export function requireTemperature({ temperature, temperatureMissing }: EvaluationSettings): number {
  if (temperature !== null) return temperature.value
  throw new AppError(
    'temperature-missing',
    temperatureMissing === 'no-validation'
      ? 'The run has no predictions of a validation split, which a temperature is fitted on. Use its probabilities as they are.'
      : 'The run makes too few mistakes on its validation split to fit a temperature. Use its probabilities as they are.',
  )
}

/** What was kept holds no more: the run has other predictions now. */
export function forgetEvaluationSettings({ database }: OpenProject, runNumber: number): void {
  database.prepare('DELETE FROM evaluation_settings WHERE run_number = ?').run(runNumber)
}

function storedRow({ database }: OpenProject, runNumber: number): EvaluationSettingsRow | undefined {
  return database
    .prepare<[number], EvaluationSettingsRow>('SELECT * FROM evaluation_settings WHERE run_number = ?')
    .get(runNumber)
}

function store(
  { database }: OpenProject,
  runNumber: number,
  column: 'temperature' | 'rejection',
  value: object | null,
): void {
  database
    .prepare(
      `INSERT INTO evaluation_settings (run_number, ${column}) VALUES (@runNumber, @value)
       ON CONFLICT (run_number) DO UPDATE SET ${column} = excluded.${column}`,
    )
    .run({ runNumber, value: value && JSON.stringify(value) })
}

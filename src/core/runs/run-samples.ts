import { runSamplesSchema, type RunSamples } from '../../contract/entities.ts'
import type { SamplePrediction } from '../../contract/jobs.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunSamplesRow } from '../store/tables/run-samples.ts'
import type { RunRow } from '../store/tables/runs.ts'

/** Keeps the latest predictions of the images that a run follows, in place of those before. @returns them, by the names of classes */
export function storeSamples(
  { database }: OpenProject,
  number: number,
  epoch: number,
  predictions: readonly SamplePrediction[],
): RunSamples {
  const classes = JSON.parse(
    database
      .prepare<[number], RunRow['classes']>('SELECT classes FROM runs WHERE number = ?')
      .pluck()
      .get(number) ?? '[]',
  ) as string[]
  const samples = predictions.map(({ truth, predicted, ...rest }) => ({
    ...rest,
    truth: classes[truth] ?? String(truth),
    predicted: classes[predicted] ?? String(predicted),
  }))
  database
    .prepare<RunSamplesRow>(
      `INSERT INTO run_samples (run_number, epoch, samples) VALUES (@run_number, @epoch, @samples)
       ON CONFLICT (run_number) DO UPDATE SET epoch = excluded.epoch, samples = excluded.samples`,
    )
    .run({ run_number: number, epoch, samples: JSON.stringify(samples) })
  return { epoch, samples }
}

/** Null where the run has none. */
export function readSamples({ database }: OpenProject, number: number): RunSamples | null {
  const row = database
    .prepare<[number], RunSamplesRow>('SELECT * FROM run_samples WHERE run_number = ?')
    .get(number)
  return row
    ? runSamplesSchema.parse({ epoch: row.epoch, samples: JSON.parse(row.samples) as unknown })
    : null
}

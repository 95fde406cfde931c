import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { createOptimizer } from '../../ml/optimizers/index.ts'
import { elementCount, type ParameterSpec } from '../../models/shapes.ts'
import { optimizerOf } from '../../models/training/optimizers.ts'
import type { JobContext } from '../job-context.ts'
import { reportProgress } from '../job-context.ts'
import { calibratePhase, type PhaseCalibration } from '../training/calibrate-phase.ts'
import { checkpointShare } from '../training/checkpoint-clock.ts'
import {
  ownValues,
  prepareTraining,
  trainedBefore,
  type PreparedTraining,
} from '../training/prepare-training.ts'
import { writeWholeFile } from '../write-whole-file.ts'

/**
 * Estimates what a fit of the plan would take: each phase is calibrated on some of its images. Of images without a readable file it knows
 * nothing; early stopping it takes for never happening.
 *
 * @throws AppError of `prepareTraining` and `openPhase`
 */
export async function estimate(
  input: JobInput<'estimate'>,
  context: JobContext,
): Promise<JobOutput<'estimate'>> {
  const prepared = await prepareTraining(input, context)
  // Of this process, which began as that of a run does.
  const starting = performance.now() / 1000
  const { plan, phases, dataset, learnable } = prepared
  const progress = reportProgress(context, 'starting', phases.length)
  const calibrations: PhaseCalibration[] = []
  const values = ownValues(prepared.values, learnable)
  for (const phase of phases) {
    // As in the training: what an earlier phase trains (here, moving statistics at least) is not to be kept as of the published weights.
    const changed = trainedBefore(prepared.trained, phase.index)
    const options = { ...prepared, values, phase, changed, cache: input.cache, context }
    calibrations.push(await calibratePhase(options))
    progress.advance()
  }
  progress.finish()

  const { train, validation, test } = dataset.splits
  const batches = Math.ceil(train.length / plan.batchSize)
  let features = 0
  let training = 0
  phases.forEach(({ epochs }, index) => {
    const phase = calibrations[index] as PhaseCalibration
    features += phase.toCompute * phase.secondsPerRecord
    const again = phase.recomputed * phase.secondsPerRecord
    training +=
      epochs * (batches * phase.secondsPerBatch + validation.length * phase.secondsPerPrediction + again)
  })
  const last = calibrations.at(-1) as PhaseCalibration
  const writing = measureCheckpoint(prepared)
  training += Math.min(plan.epochs * writing, training * checkpointShare + writing)
  const evaluation = (validation.length + test.length) * last.secondsPerPrediction + writing / 2
  const resident = Math.max(...calibrations.map(({ residentBytes }) => residentBytes))
  return {
    seconds: {
      starting,
      features,
      training,
      evaluation,
      total: starting + features + training + evaluation,
    },
    peakRssBytes: process.resourceUsage().maxRSS * 1024 + resident,
    images: {
      toCompute: sum(calibrations.map(({ toCompute }) => toCompute)),
      cached: sum(calibrations.map(({ cached }) => cached)),
    },
    featureBytes: sum(
      calibrations.map(({ toCompute, cached, recordBytes }) => (toCompute + cached) * recordBytes),
    ),
  }
}

/** Seconds that writing one checkpoint takes. */
function measureCheckpoint({ plan, learnable }: PreparedTraining): number {
  const trained = learnable.filter(({ trainable }) => trainable)
  const sizes = new Map(trained.map(({ name, shape }) => [name, elementCount(shape)]))
  const slotsPerParameter = createOptimizer(optimizerOf(plan), new Map([['one', 1]])).slots().size
  const copies = plan.earlyStopping > 0 ? 2 : 1
  const bytes = 4 * (copies * countElements(learnable) + slotsPerParameter * sum([...sizes.values()]))
  const folder = mkdtempSync(join(tmpdir(), 'thaw-estimate-'))
  try {
    const start = performance.now()
    writeWholeFile(join(folder, 'checkpoint'), new Uint8Array(bytes))
    return (performance.now() - start) / 1000
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function countElements(specs: readonly ParameterSpec[]): number {
  return sum(specs.map(({ shape }) => elementCount(shape)))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

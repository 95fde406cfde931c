import type { Evaluation, Run } from '../../src/contract/entities.ts'
import { trainPlanSchema, type TrainPlanInput } from '../../src/contract/train-plan.ts'
import { evaluatePredictions, makePredictions } from '../../src/metrics/index.ts'
import type {
  ComparisonReportData,
  ReportedRun,
  ReportOrigin,
  RunReportData,
} from '../../src/reports/report-data.ts'
import { drawPredictions } from '../e2e/evaluated-project.ts'

export const sha256 = 'ab'.repeat(32)

export const origin: ReportOrigin = {
  madeAt: Date.UTC(2026, 0, 31, 12),
  version: '1.2.3',
  system: 'Linux 6.1, x64',
  processor: 'Some processor × 8',
  project: { name: 'Moths', folder: 'moths.thaw' },
}

/** An evaluation of drawn predictions, whole. */
export function drawnEvaluation(images: number, classes: readonly string[]): Evaluation {
  const { truths, probabilities } = drawPredictions(images, classes.length, 7)
  const steps = evaluatePredictions(makePredictions(probabilities, truths, classes.length), classes)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return { split: 'test', ...value }
  }
}

export function aRun(given: Partial<Run> & { planned?: TrainPlanInput } = {}): Run {
  const { planned = {}, ...rest } = given
  return {
    id: 'r1',
    name: 'first',
    status: 'completed',
    plan: trainPlanSchema.parse(planned),
    classes: ['ant', 'bee'],
    counts: { train: 40, validation: 10, test: 60 },
    engine: 'native',
    device: 'CPU, some processor',
    enginesRejected: [],
    trainableParameters: 2562,
    totalParameters: 3_415_586,
    datasetVersion: 'cd'.repeat(32),
    modelSha256: 'ef'.repeat(32),
    createdAt: origin.madeAt - 60_000,
    startedAt: origin.madeAt - 60_000,
    endedAt: origin.madeAt - 30_000,
    epochsDone: 3,
    bestEpoch: 2,
    valAccuracy: 0.9,
    valLoss: 0.3,
    test: { loss: 0.4, accuracy: 0.85, support: 60 },
    seconds: { features: 4, training: 20, evaluation: 1, total: 26 },
    peakRssBytes: 900_000_000,
    error: null,
    recipe: null,
    group: null,
    resumedFromEpoch: null,
    pinned: false,
    archived: false,
    tags: [],
    note: null,
    ...rest,
  }
}

export function aReportedRun(run: Run, evaluation: Evaluation | null): ReportedRun {
  const curve = (name: string, values: number[]) => ({
    runId: run.id,
    name,
    points: values.length,
    epochs: values.map((_, index) => index + 1),
    values,
  })
  return {
    run,
    isCurrent: true,
    engineVersion: '2.21.0',
    threads: 8,
    weightsSha256: sha256,
    weightsSource: 'a publisher',
    backbone: { family: 'EfficientNet-Lite', inputSize: 224, licence: 'Apache-2.0', paper: 'a paper' },
    evaluation,
    validation: null,
    curves: [
      curve('train/loss', [1.1, 0.7, 0.5]),
      curve('train/accuracy', [0.5, 0.8, 0.9]),
      curve('validation/loss', [1, 0.6, 0.65]),
      curve('validation/accuracy', [0.6, 0.9, 0.85]),
      curve('learning-rate', [0.001, 0.001, 0.001]),
    ],
    phaseStarts: [],
  }
}

export function runReportData(
  given: { run?: Run; evaluation?: Evaluation | null } & Partial<RunReportData> = {},
): RunReportData {
  const { run = aRun(), evaluation = drawnEvaluation(60, run.classes), ...rest } = given
  return {
    origin,
    reported: aReportedRun(run, evaluation),
    settings: { temperature: null, temperatureMissing: 'no-validation', rejection: null },
    calibration: null,
    baselines: { majority: null, scratch: null, frozenHead: null },
    baselineRuns: new Map(),
    mistakes: { total: 0, shown: [] },
    withPictures: true,
    data: {
      classes: run.classes.map((name) => ({ name, counts: { train: 20, validation: 5, test: 30 } })),
      marks: { flagged: 0, unsure: 0, noted: 0, gone: 0, unusable: 0 },
      issues: [],
      unscanned: 0,
    },
    ...rest,
  }
}

export function comparisonData(given: Partial<ComparisonReportData> = {}): ComparisonReportData {
  const evaluation = drawnEvaluation(60, ['ant', 'bee'])
  const baseline = aRun({ name: 'timid' })
  const run = aRun({ id: 'r2', name: 'bold', planned: { seed: 1 } })
  return {
    origin,
    runs: [aReportedRun(baseline, evaluation), aReportedRun(run, evaluation)],
    baseline,
    settings: [{ key: 'seed', values: [0, 1], differs: true }],
    comparisons: [
      {
        run,
        pair: {
          split: 'test',
          images: 60,
          accuracies: [0.8, 0.9],
          difference: 0.1,
          interval95: [0.02, 0.18],
          b: 1,
          c: 7,
          p: 0.0703125,
          significant: false,
        },
        flips: { images: 60, fixed: 7, broken: 1, other: 0, shown: [] },
        data: {
          counts: { label: 0, split: 0, added: 0, removed: 0 },
          classes: { added: [], removed: [] },
          labels: [],
        },
      },
    ],
    withPictures: true,
    ...given,
  }
}

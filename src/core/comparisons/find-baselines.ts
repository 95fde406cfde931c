import type { Baselines } from '../../contract/comparison.ts'
import { trainPlanSchema, type TrainPlan } from '../../contract/train-plan.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readDatasetVersion } from '../runs/dataset-version.ts'
import { findRun, listRuns } from '../runs/stored-runs.ts'
import type { Run } from '../../contract/entities.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { pairAnswers, runAnswers, scorePairs } from './run-answers.ts'

/** What guessing reaches on a run's images, and the runs of the project that tell whether its pretrained, thawed layers were worth it. */
export function findBaselines(project: OpenProject, row: RunRow): Baselines {
  const plan = trainPlanSchema.parse(JSON.parse(row.plan))
  const others = listRuns(project).filter((run) => run.id !== `r${row.number}`)
  const against = (isOne: (plan: TrainPlan) => boolean): Baselines['scratch'] => {
    const run = closest(
      others.filter((other) => isOne(other.plan)),
      row,
    )
    if (run === undefined) return null
    const answers = pairAnswers(project, findRun(project, run.id), row)
    return { runId: run.id, pair: answers && scorePairs(answers) }
  }
  return {
    majority: majorityOf(project, row),
    scratch: against((other) => other.backbone === plan.backbone && isScratch(other)),
    frozenHead: against((other) => other.backbone === plan.backbone && isFrozenHead(other)),
    plans: { scratch: scratchPlan(plan), frozenHead: frozenHeadPlan(plan) },
  }
}

function isScratch(plan: TrainPlan): boolean {
  return plan.mode === 'scratch'
}

function isFrozenHead(plan: TrainPlan): boolean {
  return (
    plan.mode === 'feature-extraction' &&
    plan.head === '' &&
    plan.phases.length === 0 &&
    (plan.freeze === undefined || plan.freeze.kind === 'all')
  )
}

/** Of runs that have a model, one on the same data where there is one, else the latest; of equal ones the best on validation. */
function closest(runs: readonly Run[], { dataset_version: version }: RunRow): Run | undefined {
  const isSame = (run: Run): number => Number(run.datasetVersion === version)
  return runs
    .filter((run) => run.modelSha256 !== null)
    .sort(
      (a, b) =>
        isSame(b) - isSame(a) ||
        (isSame(a) === 1 ? (b.valAccuracy ?? 0) - (a.valAccuracy ?? 0) : 0) ||
        b.createdAt - a.createdAt,
    )[0]
}

function majorityOf(project: OpenProject, row: RunRow): Baselines['majority'] {
  const counts = new Map<string, number>()
  for (const line of readDatasetVersion(project, row.dataset_version)) {
    if (line.split === 'train') counts.set(line.class, (counts.get(line.class) ?? 0) + 1)
  }
  const [majority] = [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
  const answers = runAnswers(project, row, 'test') ?? runAnswers(project, row, 'validation')
  if (majority === undefined || answers === null) return null
  const [name] = majority
  const right = [...answers.values()].filter(({ truth }) => truth === name).length
  return { class: name, accuracy: right / answers.size, images: answers.size }
}

/** The same training from random weights. All layers are trained, at the rate of the head: what is random is not to be kept. */
function scratchPlan(plan: TrainPlan): TrainPlan {
  const { freeze: _freeze, ...rest } = plan
  return { ...rest, mode: 'scratch', phases: [], learningRateBackbone: plan.learningRate, layerDecay: 1 }
}

/** The defaults' training of a linear head, on the same backbone and pixels. */
function frozenHeadPlan({ backbone, inputSize, normalization, seed, engine }: TrainPlan): TrainPlan {
  return trainPlanSchema.parse({
    backbone,
    seed,
    engine,
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(normalization === undefined ? {} : { normalization }),
  })
}

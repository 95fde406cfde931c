import type { EvaluationSettings } from '../../../src/contract/evaluation.ts'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import { requests, type RequestInput, type RequestOutput } from '../../../src/contract/requests/index.ts'
import { createEvaluationHandlers } from '../../../src/core/evaluation/handlers.ts'
import { storePredictions } from '../../../src/core/evaluation/stored-predictions.ts'
import { addImages, openRunsWorkbench, sha256Of, type RunsWorkbench } from '../runs/runs-workbench.ts'

/** An image of a split with what the model says of it. */
export interface PredictedImage {
  name: string
  /** Index of the class. */
  truth: number
  /** Of each class. */
  probabilities: readonly number[]
}

type EvaluationHandlers = ReturnType<typeof createEvaluationHandlers>

export interface EvaluationBench {
  bench: RunsWorkbench
  /** Ids of images by name. */
  ids: ReadonlyMap<string, number>
  settings(): Promise<EvaluationSettings>
  ask<Name extends keyof EvaluationHandlers>(
    name: Name,
    input: Omit<RequestInput<Name>, 'projectId' | 'runId'>,
  ): Promise<RequestOutput<Name>>
}

/** A project with an ended run r1 of the classes given, and stored predictions of its splits. */
export async function openEvaluationBench(
  classes: readonly string[],
  splits: Partial<Record<'validation' | 'test', readonly PredictedImage[]>>,
): Promise<EvaluationBench> {
  const bench = openRunsWorkbench('talkative')
  const names = [...new Set(Object.values(splits).flatMap((images) => images.map(({ name }) => name)))]
  // Of each class enough for a run to be started.
  const further = classes.flatMap((name) =>
    Array.from({ length: 6 }, (_, index) => ({ name: `train/${name}-${index}.jpg`, class: name })),
  )
  addImages(bench.project, further)
  const ids = addImages(
    bench.project,
    names.map((name) => ({ name, class: null })),
  )
  const plan = trainPlanSchema.parse({})
  const projectId = bench.project.id
  const { run } = await bench.runs.handlers['runs.start']({ projectId, plan })
  await bench.runs.handlers['runs.wait']({ projectId, runId: run.id })
  for (const split of ['validation', 'test'] as const) {
    const images = splits[split]
    if (images === undefined) continue
    storePredictions(bench.project, 1, split, {
      hashes: images.map(({ name }) => sha256Of(name)),
      truths: Int32Array.from(images, ({ truth }) => truth),
      probabilities: Float32Array.from(images.flatMap(({ probabilities }) => probabilities)),
    })
  }
  const handlers = createEvaluationHandlers(bench.context)
  const ask: EvaluationBench['ask'] = (name, input) => {
    const parsed = requests[name].input.parse({ projectId, runId: run.id, ...input })
    return Promise.resolve().then(() => handlers[name](parsed as never) as never)
  }
  return {
    bench,
    ids: new Map(names.map((name, index) => [name, ids[index] as number])),
    ask,
    settings: () => ask('evaluation.settings', {}),
  }
}

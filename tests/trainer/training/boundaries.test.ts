import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FreezePlan } from '../../../src/contract/train-plan.ts'
import { createExecutor, createParameters, disposeParameters } from '../../../src/ml/execute.ts'
import { weightedTargets } from '../../../src/ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../../../src/ml/optimizers/index.ts'
import { trainStep, type Trainee } from '../../../src/ml/train-step.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { cutAt, freezeBoundary, resolveTrainable } from '../../../src/models/freeze.ts'
import type { Graph } from '../../../src/models/graph.ts'
import { attachHead } from '../../../src/models/heads/build-head.ts'
import { initializeParameter } from '../../../src/models/initializers.ts'
import { createRandom } from '../../../src/models/random.ts'
import { elementCount, parametersOf } from '../../../src/models/shapes.ts'
import { createFrozenPart } from '../../../src/trainer/frozen-part.ts'
import { recordShapeOf } from '../../../src/trainer/network.ts'
import { openRecordSource } from '../../../src/trainer/records/record-source.ts'
import { chooseEngine } from '../../ml/engine.ts'
import { drawDataset } from '../drawn-dataset.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-boundaries-'))
const cache = { folder: join(folder, 'cache'), memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }
const sgd = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const
const context = { emit: () => {}, stopRequested: () => false, cancelRequested: () => false }
const classes = 2
const size = 64
const steps = 3
let images: Awaited<ReturnType<typeof drawDataset>>['images']

beforeAll(async () => {
  await chooseEngine('native')
  images = (await drawDataset(join(folder, 'images'), { train: 8, validation: 0, test: 0 })).images
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Losses of some steps with everything below `boundary` computed once. */
async function lossesOf(
  graph: Graph,
  values: ReadonlyMap<string, Float32Array>,
  trainable: ReadonlySet<string>,
  boundary: string,
): Promise<number[]> {
  const cut = cutAt(graph, boundary)
  const part = createFrozenPart({
    preprocessing: findBackbone('resnet18').meta.preprocessing,
    graph: cut.frozen,
    values: () => values,
    weightsSha256: null,
    engine: 'native',
    precision: 'float32',
  })
  const source = await openRecordSource(images, part, cache, context)
  const specs = parametersOf(cut.rest)
  const trained = specs.filter((spec) => spec.trainable && trainable.has(spec.node))
  const trainee: Trainee = {
    graph: cut.rest,
    executor: createExecutor(cut.rest),
    parameters: createParameters(specs, values),
    values: new Map([...values].map(([name, data]) => [name, Float32Array.from(data)])),
    specs,
    trainable,
    optimizer: createOptimizer(sgd, new Map(trained.map(({ name, shape }) => [name, elementCount(shape)]))),
  }
  try {
    const losses: number[] = []
    for (let step = 0; step < steps; step += 1) {
      const { rows, input } = await source.read(images.map((_, position) => position))
      const truth = rows.map((row) => images[row]!.classIndex)
      const targets = weightedTargets(truth, classes)
      const batch = { input, shape: recordShapeOf({ cut }), rows: rows.length, targets, classes }
      losses.push((await trainStep(trainee, batch, () => 0.003, { seed: 1, step })).loss)
    }
    return losses
  } finally {
    disposeParameters(trainee.parameters)
    source.close()
    part.dispose()
  }
}

/** Freeze plans drawn at random: until a layer, the first few, or all but a few. */
function drawPlans(graph: Graph, purpose: string, count: number): FreezePlan[] {
  const random = createRandom({ seed: 9, purpose })
  const layers = [...resolveTrainable(graph, { kind: 'none' })].filter((name) => !name.startsWith('head.'))
  return Array.from({ length: count }, (_, index): FreezePlan => {
    const layer = layers[random.integer(layers.length)]!
    if (index % 3 === 0) return { kind: 'until', layer }
    if (index % 3 === 1) return { kind: 'first', count: random.integer(layers.length + 1) }
    return { kind: 'layers', trainable: [layer] }
  })
}

describe.each([
  ['resnet18', 2],
  ['mobilenet_v2_0.35', 5],
  ['squeezenet1_1', 5],
] as const)('training of %s', (id, count) => {
  it(`at ${count} random boundaries gives the same losses with and without what is frozen being cached`, async () => {
    const { build, meta } = findBackbone(id)
    const graph = attachHead(build(size), meta.featureLayer, '8:relu,dropout:0.2', classes)
    const input = graph.nodes.find((node) => node.op === 'input')!.name
    const values = new Map(parametersOf(graph).map((spec) => [spec.name, initializeParameter(spec, 3)]))
    const boundaries = new Set<string>()
    for (const plan of drawPlans(graph, id, count)) {
      const trainable = resolveTrainable(graph, plan)
      const boundary = freezeBoundary(graph, trainable)
      boundaries.add(boundary)
      const whole = await lossesOf(graph, values, trainable, input)
      const computed = await lossesOf(graph, values, trainable, boundary)
      const cached = await lossesOf(graph, values, trainable, boundary)
      expect(cached).toEqual(computed)
      whole.forEach((loss, step) =>
        expect(
          Math.abs(cached[step]! - loss) / Math.max(1, loss),
          `${JSON.stringify(plan)}, step ${step + 1}`,
          // Folding rounds otherwise, and batch normalization carries each rounding on from step to step.
        ).toBeLessThan([1e-5, 1e-3, 2e-3][step]!),
      )
    }
    expect(boundaries.size).toBeGreaterThan(1)
  })
})

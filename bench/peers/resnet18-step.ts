/**
 * Steps of full fine-tuning of ResNet18 with Adam on the native engine, by the functions that a training uses, timed on request. Reads and
 * answers lines of JSON as resnet18-step.py does.
 *
 *     node bench/peers/resnet18-step.ts
 */
import { createInterface } from 'node:readline'
import { createExecutor, createParameters } from '../../src/ml/execute.ts'
import { weightedTargets } from '../../src/ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../../src/ml/optimizers/index.ts'
import { trainStep, type Trainee } from '../../src/ml/train-step.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { attachHead } from '../../src/models/heads/build-head.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { createRandom } from '../../src/models/random.ts'
import { elementCount, parametersOf } from '../../src/models/shapes.ts'
import { chooseEngine } from '../../src/trainer/engines/index.ts'

const rate = 1e-4

interface Setup {
  readonly size: number
  readonly batch: number
  readonly classes: number
}

function createStep({ size, batch, classes }: Setup): () => Promise<number> {
  const backbone = findBackbone('resnet18')
  const graph = attachHead(backbone.build(size), backbone.meta.featureLayer, '', classes)
  const specs = parametersOf(graph)
  const values = new Map(specs.map((spec) => [spec.name, initializeParameter(spec, 0)]))
  const sizes = specs
    .filter((spec) => spec.trainable)
    .map(({ name, shape }): [string, number] => [name, elementCount(shape)])
  const trainee: Trainee = {
    graph,
    executor: createExecutor(graph),
    parameters: createParameters(specs, values),
    values,
    specs,
    trainable: new Set(graph.nodes.map(({ name }) => name)),
    optimizer: createOptimizer(
      { name: 'adam', momentum: 0, nesterov: false, weightDecay: 0 },
      new Map(sizes),
    ),
  }
  const random = createRandom({ seed: 0, purpose: 'images' })
  const input = Float32Array.from({ length: batch * size * size * 3 }, () => random.normal())
  const labels = Array.from({ length: batch }, () => random.uint32() % classes)
  const targets = weightedTargets(labels, classes)
  const data = { input, shape: [size, size, 3], rows: batch, targets, classes }
  let step = 0
  return async () => (await trainStep(trainee, data, () => rate, { seed: 0, step: step++ })).loss
}

await chooseEngine('native')
let step: (() => Promise<number>) | undefined
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Setup | { readonly steps: number }
  if ('size' in request) {
    step = createStep(request)
    await step()
    await step()
    console.log(JSON.stringify({ package: 'thaw' }))
    continue
  }
  const start = performance.now()
  let loss = NaN
  for (let count = 0; count < request.steps; count += 1) loss = (await step?.()) ?? NaN
  const seconds = (performance.now() - start) / 1000
  console.log(JSON.stringify({ seconds, loss, peakBytes: process.resourceUsage().maxRSS * 1024 }))
}

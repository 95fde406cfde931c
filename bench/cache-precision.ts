/**
 * Features kept in float16, as training keeps them, against float32: validation accuracy of a linear head over splits of their own, and how
 * far the features differ.
 *
 *     node bench/cache-precision.ts [--seeds 3] [--epochs 10] [--per-class PICTURES]
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { trainPlanSchema } from '../src/contract/train-plan.ts'
import { installedWeights } from '../src/core/backbones/installed-weights.ts'
import { createExecutor, createParameters, disposeParameters } from '../src/ml/execute.ts'
import { weightedTargets } from '../src/ml/losses/softmax-cross-entropy.ts'
import { createOptimizer } from '../src/ml/optimizers/index.ts'
import { trainStep, type Trainee } from '../src/ml/train-step.ts'
import { createRandom } from '../src/models/random.ts'
import { findBackbone } from '../src/models/catalog.ts'
import { elementCount, parametersOf } from '../src/models/shapes.ts'
import { optimizerOf } from '../src/models/training/optimizers.ts'
import { createFrozenPart } from '../src/trainer/frozen-part.ts'
import { buildNetwork, initialValues, readWeights, recordShapeOf } from '../src/trainer/network.ts'
import type { Precision } from '../src/trainer/records/record-formats.ts'
import { openRecordSource, type RecordSource } from '../src/trainer/records/record-source.ts'
import { startEngine } from '../src/trainer/start-engine.ts'
import { epochOrder } from '../src/trainer/training/epoch-order.ts'
import { predictRows } from '../src/trainer/training/predict-rows.ts'
import { score } from '../src/trainer/training/score.ts'
import { benchOptions } from './options.ts'
import { report, sharedData, withTemporaryFolder } from './thaw.ts'

interface Pictures {
  readonly classes: number
  readonly images: readonly { path: string; sha256: string }[]
  /** Class indexes. */
  readonly labels: readonly number[]
}

/** In points of accuracy. */
const bound = 0.5
const validationShare = 0.3
const { seeds, epochs, 'per-class': perClass } = benchOptions({ seeds: 3, epochs: 10, 'per-class': 1000 })
const plan = trainPlanSchema.parse({ epochs })
const context = { emit: () => {}, stopRequested: () => false, cancelRequested: () => false }

/** The pictures in folders named by class, in any of `parts`. */
async function readPictures(folder: string, parts: readonly string[]): Promise<Pictures> {
  const byClass = new Map<string, string[]>()
  for (const part of parts) {
    for (const entry of await readdir(join(folder, part), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const files = (await readdir(join(folder, part, entry.name))).sort()
      const paths = files.map((file) => join(folder, part, entry.name, file))
      byClass.set(entry.name, [...(byClass.get(entry.name) ?? []), ...paths])
    }
  }
  const all = [...byClass.values()].flatMap((paths, label) =>
    paths.slice(0, perClass).map((path) => ({ path, label })),
  )
  return {
    classes: byClass.size,
    // Whatever their bytes are: nothing is kept on the disk.
    images: all.map(({ path }) => ({ path, sha256: '' })),
    labels: all.map(({ label }) => label),
  }
}

/** Positions, by class in equal shares. */
function split({ labels, classes }: Pictures, seed: number): { train: number[]; validation: number[] } {
  const train: number[] = []
  const validation: number[] = []
  for (let label = 0; label < classes; label += 1) {
    const members = labels.flatMap((each, position) => (each === label ? [position] : []))
    const order = createRandom({ seed, purpose: 'split', item: label }).permutation(members.length)
    const drawn = Array.from(order, (index) => members[index] as number)
    const count = Math.round(members.length * validationShare)
    validation.push(...drawn.slice(0, count))
    train.push(...drawn.slice(count))
  }
  return { train: train.sort((a, b) => a - b), validation: validation.sort((a, b) => a - b) }
}

/** Trains a linear head on records, as a run with the defaults does. @returns its accuracy on the validation images */
async function validationAccuracy(
  source: RecordSource,
  pictures: Pictures,
  weights: ReadonlyMap<string, Float32Array>,
  seed: number,
): Promise<number> {
  const { classes, labels } = pictures
  const network = buildNetwork(findBackbone(plan.backbone), plan, classes)
  const specs = parametersOf(network.cut.rest)
  const values = initialValues(network, { ...plan, seed }, weights)
  const sizes = specs.map(({ name, shape }): [string, number] => [name, elementCount(shape)])
  const trainee: Trainee = {
    graph: network.cut.rest,
    executor: createExecutor(network.cut.rest),
    parameters: createParameters(specs, values),
    values,
    specs,
    trainable: network.trainable,
    optimizer: createOptimizer(optimizerOf(plan), new Map(sizes)),
  }
  const shape = recordShapeOf(network)
  const { train, validation } = split(pictures, seed)
  try {
    let step = 0
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const order = epochOrder({ ...plan, seed }, train, labels, epoch)
      for (let start = 0; start < order.length; start += plan.batchSize) {
        const { rows, input } = await source.read(order.slice(start, start + plan.batchSize), { epoch })
        const truth = rows.map((row) => labels[row] as number)
        const batch = { input, shape, rows: rows.length, targets: weightedTargets(truth, classes), classes }
        await trainStep(trainee, batch, () => plan.learningRate, { seed, step: step++ })
      }
    }
    const { executor, parameters } = trainee
    const predictions = await predictRows(
      { executor, parameters, shape, classes },
      source,
      validation,
      context,
    )
    return score(predictions, labels, classes)?.accuracy ?? NaN
  } finally {
    disposeParameters(trainee.parameters)
  }
}

/** Largest difference of a feature, relative to the largest feature of its image. */
async function largestDifference(exact: RecordSource, kept: RecordSource, images: number): Promise<number> {
  let largest = 0
  for (let position = 0; position < images; position += 1) {
    const { input: a } = await exact.read([position])
    const { input: b } = await kept.read([position])
    let scale = 0
    let difference = 0
    a.forEach((value, index) => {
      scale = Math.max(scale, Math.abs(value))
      difference = Math.max(difference, Math.abs(value - (b[index] as number)))
    })
    if (scale > 0) largest = Math.max(largest, difference / scale)
  }
  return largest
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

async function compare(name: string, pictures: Pictures, dataDir: string): Promise<void> {
  const network = buildNetwork(findBackbone(plan.backbone), plan, pictures.classes)
  const resourcesDir = fileURLToPath(new URL('../resources', import.meta.url))
  const reference = await installedWeights({ dataDir, resourcesDir }, network.backbone)
  const weights = await readWeights(reference, network.backbone)
  const engine = await startEngine('auto', context)
  const sourceIn = async (precision: Precision): Promise<RecordSource> => {
    const part = createFrozenPart({
      preprocessing: network.backbone.meta.preprocessing,
      graph: network.cut.frozen,
      values: () => weights,
      weightsSha256: reference.sha256,
      engine,
      precision,
    })
    try {
      return await openRecordSource(pictures.images, part, null, context)
    } finally {
      part.dispose()
    }
  }
  const exact = await sourceIn('float32')
  const kept = await sourceIn('float16')
  if (exact.skipped.size > 0) throw new Error(`${exact.skipped.size} pictures of ${name} cannot be read.`)
  const difference = await largestDifference(exact, kept, pictures.images.length)
  const inFloat32: number[] = []
  const inFloat16: number[] = []
  for (let seed = 0; seed < seeds; seed += 1) {
    inFloat32.push(await validationAccuracy(exact, pictures, weights, seed))
    inFloat16.push(await validationAccuracy(kept, pictures, weights, seed))
  }
  const list = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(', ')
  console.log(
    `${name}: ${pictures.images.length} images, engine ${engine}; largest difference ${difference.toExponential(1)} of the image's largest feature`,
  )
  console.log(`  validation accuracy in float32 ${list(inFloat32)}; in float16 ${list(inFloat16)}`)
  const points = 100 * (mean(inFloat16) - mean(inFloat32))
  report(
    `${name}: mean accuracy, float16 less float32`,
    `${points.toFixed(2)} points`,
    `within ${bound}`,
    Math.abs(points) <= bound,
  )
}

if (!existsSync(sharedData)) {
  console.log(`skipped: there are no pictures at ${sharedData}`)
  process.exit(0)
}

await withTemporaryFolder(async (folder) => {
  await compare('hymenoptera', await readPictures(join(sharedData, 'hymenoptera'), ['train', 'val']), folder)
  await compare('flowers17', await readPictures(join(sharedData, 'flowers17'), ['.']), folder)
})

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, describe, expect, it } from 'vitest'
import { convertWeights } from '../../src/core/weights/convert-weights.ts'
import { classifierFileName, weightsFileName } from '../../src/core/weights/file-names.ts'
import { decodeImage } from '../../src/imaging/decode.ts'
import { createExecutor, createParameters, disposeParameters } from '../../src/ml/execute.ts'
import { createNormalizer } from '../../src/ml/preprocess.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { foldBatchNorm } from '../../src/models/fold-batch-norm.ts'
import type { Graph } from '../../src/models/graph.ts'
import { parametersOf } from '../../src/models/shapes.ts'
import { readParameters } from '../../src/models/weights.ts'
import { chooseEngine, testEngine } from './engine.ts'

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const classes = { ants: 310, bees: 309 } as const
const skip = !existsSync(join(shared, 'weights')) || !existsSync(join(shared, 'data/hymenoptera'))
if (skip) console.warn('Tests of published weights are skipped: needs ../shared')

const folder = mkdtempSync(join(tmpdir(), 'thaw-published-weights-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The photographs of a class, in order of their names. */
function photographs(name: keyof typeof classes, count: number): string[] {
  const path = join(shared, 'data/hymenoptera/val', name)
  return readdirSync(path)
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .slice(0, count)
    .map((file) => join(path, file))
}

/** A published file's weights, converted as the app does, as one map. */
async function publishedWeights(id: string, file: string): Promise<Map<string, Float32Array>> {
  const { sha256, hasClassifier } = await convertWeights(
    join(shared, 'weights', file),
    findBackbone(id),
    folder,
  )
  const { build, buildClassifier } = findBackbone(id)
  const features = parametersOf(build())
  const names = new Set(features.map(({ name }) => name))
  const values = readParameters(readFileSync(join(folder, weightsFileName(sha256))), features)
  if (!hasClassifier) return values
  const rest = parametersOf(buildClassifier!()).filter(({ name }) => !names.has(name))
  const classifier = readParameters(readFileSync(join(folder, classifierFileName(sha256))), rest)
  return new Map([...values, ...classifier])
}

/** The network's value for each photograph, with its normalizations folded. */
async function valuesOf(
  id: string,
  graph: Graph,
  weights: ReadonlyMap<string, Float32Array>,
  paths: readonly string[],
): Promise<Float32Array[]> {
  const { inputSize, preprocessing } = findBackbone(id).meta
  const folded = foldBatchNorm(graph)
  const parameters = createParameters(parametersOf(folded.graph), folded.foldTensors(weights))
  const executor = createExecutor(folded.graph)
  const normalize = createNormalizer(preprocessing)
  const values: Float32Array[] = []
  for (const path of paths) {
    const options = { width: inputSize, height: inputSize, resize: preprocessing.resize }
    const pixels = await decodeImage(path, options)
    if (!(pixels instanceof Uint8Array)) throw new Error(pixels.detail)
    const input = new Float32Array(pixels.length)
    normalize(pixels, input, 0)
    const value = tf.tidy(() =>
      executor.infer(tf.tensor(input, [1, inputSize, inputSize, 3]), parameters).dataSync(),
    )
    values.push(Float32Array.from(value))
  }
  disposeParameters(parameters)
  return values
}

function largestAt(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, index) => (value > values[best]! ? index : best), 0)
}

describe.skipIf(skip)('weights as people have them (needs ../shared)', () => {
  it('make MobileNetV1 0.25 know ants and bees among the thousand classes of ImageNet', async () => {
    await chooseEngine(testEngine)
    const id = 'mobilenet_v1_0.25'
    const weights = await publishedWeights(id, 'tfjs-layers-mobilenet_v1_0.25_224/model.json')
    const graph = findBackbone(id).buildClassifier!()
    const shares: number[] = []
    for (const [name, label] of Object.entries(classes)) {
      const logits = await valuesOf(id, graph, weights, photographs(name as keyof typeof classes, 40))
      shares.push(logits.filter((values) => largestAt(values) === label).length / logits.length)
    }
    const [ants = 0, bees = 0] = shares
    console.log(`${id}: ImageNet top-1 of 40 ants ${ants.toFixed(2)}, of 40 bees ${bees.toFixed(2)}`)
    // Keras with the same weights, and Pillow's resizing of the same photographs, knows 9 of the ants and 19 of the bees.
    expect(Math.abs(ants - 9 / 40)).toBeLessThan(0.08)
    expect(Math.abs(bees - 19 / 40)).toBeLessThan(0.08)
  })

  it('make features of MobileNetV2 0.35 by which the nearest mean tells ants from bees', async () => {
    await chooseEngine(testEngine)
    const id = 'mobilenet_v2_0.35'
    const weights = await publishedWeights(id, 'tfjs-layers-mobilenet_v2_0.35_224_notop/model.json')
    const graph = findBackbone(id).build()
    const [ants, bees] = [
      await valuesOf(id, graph, weights, photographs('ants', 60)),
      await valuesOf(id, graph, weights, photographs('bees', 60)),
    ]
    const means = [ants, bees].map((features) => meanOf(features.slice(0, 30)))
    const distances = (features: Float32Array): number[] =>
      means.map((mean) => -mean.reduce((sum, value, index) => sum + (value - features[index]!) ** 2, 0))
    const right = [ants, bees].flatMap((features, label) =>
      features.slice(30).map((values) => largestAt(distances(values)) === label),
    )
    const share = right.filter(Boolean).length / right.length
    console.log(`${id}: nearest mean right in ${share.toFixed(2)} of ${right.length}`)
    expect(share).toBeGreaterThan(0.8)
  })
})

function meanOf(features: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(features[0]?.length ?? 0)
  for (const values of features) values.forEach((value, index) => (sum[index]! += value / features.length))
  return sum
}

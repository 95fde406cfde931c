import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrainPlan } from '../../../src/contract/train-plan.ts'
import { createRandom } from '../../../src/models/random.ts'
import { writeTorchSafetensors } from '../../core/weights/write-foreign-file.ts'
import { cifarRecord, writeArchive } from '../../fixtures/cifar.ts'
import { runJson } from './run-cli.ts'

const subset = fileURLToPath(new URL('../../../../shared/data/cifar10_subset', import.meta.url))
const perClass = { train: 6, test: 2 }
const limitMs = 240_000

if (!existsSync(subset)) {
  process.stderr.write(`Skipped: the recipes on CIFAR-10's pictures, which are not at ${subset}.\n`)
}

/** Some pictures of each class as one batch of the binary version. */
async function batchOf(split: 'train' | 'test', classes: readonly string[]): Promise<Buffer> {
  const records: Buffer[] = []
  for (const [label, name] of classes.entries()) {
    const files = readdirSync(join(subset, split, name))
      .sort()
      .slice(0, perClass[split])
    for (const file of files) {
      const { data } = await sharp(join(subset, split, name, file))
        .raw()
        .toBuffer({ resolveWithObject: true })
      const planes = Buffer.from(
        [0, 1, 2].flatMap((channel) => [...data].filter((_, index) => index % 3 === channel)),
      )
      records.push(cifarRecord([label], planes))
    }
  }
  return Buffer.concat(records)
}

/** Weights by a formula: signals keep their size from layer to layer, as in He's initialisation. */
function writeWeights(path: string, backbone: string): void {
  const random = createRandom({ seed: 0, purpose: 'cifar-recipes' })
  writeTorchSafetensors(path, backbone, 0, (tensors) => {
    for (const [name, { shape, data }] of tensors) {
      // Recipes take the features; without the classifier the file is a tenth.
      if (/^(fc|classifier)\./.test(name)) tensors.delete(name)
      const values = new Float32Array(data.buffer)
      if (name.endsWith('running_var') || (name.endsWith('weight') && shape.length === 1)) values.fill(1)
      else if (name.endsWith('weight')) {
        const limit = Math.sqrt(6 / shape.slice(1).reduce((product, size) => product * size, 1))
        for (let index = 0; index < values.length; index += 1) values[index] = random.uniform(-limit, limit)
      }
    }
  })
}

describe.skipIf(!existsSync(subset))('the published recipes on a CIFAR-10 binary', () => {
  let home: string
  let project: string

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thaw-cifar-'))
    home = join(folder, 'home')
    project = join(folder, 'cifar.thaw')
    const classes = readdirSync(join(subset, 'train')).sort()
    const archive = writeArchive(join(folder, 'cifar-10-binary.tar.gz'), 'cifar-10-batches-bin', {
      'batches.meta.txt': Buffer.from(`${classes.join('\n')}\n\n`),
      'data_batch_1.bin': await batchOf('train', classes),
      'test_batch.bin': await batchOf('test', classes),
    })
    await runJson(home, 'init', [project])
    const report = await runJson(home, 'import', [project, archive])
    expect(report).toMatchObject({ found: 80, imported: 80, skipped: [] })
    expect(await runJson(home, 'import', [project, archive])).toMatchObject({ imported: 0, duplicates: 80 })
  }, limitMs)
  afterAll(() => rmSync(join(project, '..'), { recursive: true, force: true }))

  async function train(backbone: string, recipe: string) {
    const weights = join(home, `${backbone}.safetensors`)
    writeWeights(weights, backbone)
    await runJson(home, 'backbones add', [weights, '--as', backbone])
    rmSync(weights)
    const trained = await runJson(home, 'train', [project, '--recipe', recipe, '--epochs', '1'])
    const database = new Database(join(project, 'project.sqlite'), { readonly: true })
    const plan = JSON.parse(
      database.prepare<[], string>('SELECT plan FROM runs ORDER BY number DESC LIMIT 1').pluck().get() ??
        '{}',
    ) as TrainPlan
    database.close()
    return { trained, plan }
  }

  it(
    'ResNet18, with its augmentation and normalisation',
    async () => {
      const { trained, plan } = await train('resnet18', 'resnet18-cifar10')
      expect(trained).toMatchObject({ status: 'completed', backbone: 'resnet18', mode: 'feature-extraction' })
      // Linear(512, 10)
      expect(trained.trainableParameters).toBe(512 * 10 + 10)
      expect(trained.epochs).toHaveLength(1)
      expect(trained.test).toMatchObject({ support: 20 })
      expect(trained.test?.loss).toBeGreaterThan(0)
      expect(plan).toMatchObject({
        inputSize: 32,
        augment: 'flip,crop:4',
        normalization: {
          mean: [0.4914, 0.4822, 0.4465],
          standardDeviation: [0.2023, 0.1994, 0.201],
        },
        batchSize: 64,
        optimizer: 'adam',
        learningRate: 0.001,
        epochs: 1,
      })
    },
    limitMs,
  )

  it(
    'VGG16 with two dense layers',
    async () => {
      const { trained } = await train('vgg16', 'vgg16-feature-extraction')
      expect(trained).toMatchObject({ status: 'completed', backbone: 'vgg16', mode: 'feature-extraction' })
      // Flatten, Dense(1024), Dense(10)
      expect(trained.trainableParameters).toBe((7 * 7 * 512 + 1) * 1024 + (1024 + 1) * 10)
      expect(trained.test).toMatchObject({ support: 20 })
      expect(trained.test?.loss).toBeGreaterThan(0)
    },
    limitMs,
  )
})

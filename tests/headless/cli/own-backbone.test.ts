import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  saveLayersModel,
  sequentialClassifier,
  setFormulaWeights,
} from '../../core/own-backbones/layers-models.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { expectFailure, runCli, runJson } from './run-cli.ts'

const limitMs = 180_000
const id = 'blobs'
const predicted = z.object({
  predictions: z.array(z.object({ path: z.string(), top: z.array(z.object({ class: z.string() })) })),
  skipped: z.array(z.unknown()),
})

describe("a model of one's own, from its file to predictions", () => {
  let home: string
  let project: string
  let model: string

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'thaw-cli-own-'))
    project = join(home, 'drawn.thaw')
    await chooseEngine(testEngine)
    const made = sequentialClassifier()
    setFormulaWeights(made)
    model = await saveLayersModel(made, join(home, id))
    made.dispose()
    await runJson(home, 'sample', [
      project,
      '--images',
      '48',
      '--size',
      '48',
      '--classes',
      '3',
      '--seed',
      '3',
    ])
  }, limitMs)
  afterAll(() => rmSync(home, { recursive: true }))

  const remove = async (): Promise<void> => {
    expect(await runCli(home, ['backbones', 'remove', id])).toMatchObject({ status: 0 })
  }
  const add = (...options: string[]) => runJson(home, 'backbones add', [model, ...options])
  const embed = () => runJson(home, 'embed', [project, '--backbone', id, '--out', join(home, 'features.npy')])

  it(
    'becomes a backbone with its layers as toggles, whose frozen part is cached by its graph',
    async () => {
      expect(await add('--preprocessing', 'rescale')).toMatchObject({ id, tensors: 7, layersMatched: 4 })
      const { backbones } = await runJson(home, 'backbones', [])
      expect(backbones.at(-1)).toMatchObject({ id, installed: true, inputSize: 24, family: 'Own models' })
      const { layers } = await runJson(home, 'backbones show', [id])
      expect(layers.filter(({ parameters }) => parameters > 0).map(({ name }) => name)).toEqual([
        'first',
        'second',
        'third',
        'hidden',
      ])

      expect(await embed()).toMatchObject({ images: 48, features: 10, cached: 0 })
      expect(await embed()).toMatchObject({ cached: 48 })
      await remove()
      await add('--preprocessing', 'rescale', '--feature-layer', 'pool')
      expect(await embed()).toMatchObject({ features: 16, cached: 0 })
      await remove()
      await add('--preprocessing', 'rescale')
      expect(await embed()).toMatchObject({ features: 10, cached: 48 })
    },
    limitMs,
  )

  it(
    'is trained with its first layers frozen, predicts, and goes on as long as its weights are here',
    async () => {
      const run = await runJson(home, 'train', [
        project,
        ...['--backbone', id, '--freeze-first', '2', '--epochs', '2', '--lr', '0.01'],
      ])
      expect(run).toMatchObject({ status: 'completed', backbone: id, mode: 'fine-tune' })
      // third, hidden and the head
      expect(run.trainableParameters).toBe(12 * 3 * 16 + (16 * 10 + 10) + (10 * 3 + 3))
      const caches = readdirSync(join(project, 'cache/features')).map((key) =>
        readFileSync(join(project, 'cache/features', key, 'about.json'), 'utf8'),
      )
      expect(caches.some((about) => about.includes('"mean"'))).toBe(true)

      const { images } = await runJson(home, 'images', [project])
      const paths = images.slice(0, 4).map(({ path }) => path)
      const predict = () => runCli(home, ['predict', project, run.run, ...paths, '--json'])
      const before = predicted.parse(JSON.parse((await predict()).stdout))
      expect(before.predictions.map(({ path }) => path)).toEqual(paths)
      expect((await runJson(home, 'evaluate', [project, run.run])).accuracy).toBeCloseTo(
        run.test!.accuracy,
        6,
      )

      await remove()
      expectFailure(
        await predict(),
        1,
        /model of your own: add its file again \(thaw backbones add model\.json --id blobs\)/,
      )
      const goOn = ['resume', project, run.run, '--epochs', '3']
      expectFailure(
        await runCli(home, goOn),
        1,
        /r1 started from weights of your own model blobs .* --id blobs\) to resume it/,
      )
      expectFailure(await runCli(home, ['train', project, '--backbone', id]), 1, /'blobs' is not a backbone/)

      await add('--preprocessing', 'rescale')
      expect(predicted.parse(JSON.parse((await predict()).stdout))).toEqual(before)
      expect(await runJson(home, 'resume', goOn.slice(1))).toMatchObject({
        status: 'completed',
        resumedFromEpoch: 2,
      })
    },
    limitMs,
  )

  it(
    'goes on from nothing without its weights, which it never had',
    async () => {
      const run = await runJson(home, 'train', [
        project,
        '--backbone',
        id,
        '--mode',
        'scratch',
        '--epochs',
        '1',
      ])
      await remove()
      expect(await runJson(home, 'resume', [project, run.run, '--epochs', '2'])).toMatchObject({
        resumedFromEpoch: 1,
      })
    },
    limitMs,
  )

  it(
    'names what is wrong with its use',
    async () => {
      const wrong = (...options: string[]) => runCli(home, ['backbones', 'add', model, ...options])
      expectFailure(await wrong('--as', 'vgg16', '--id', 'mine'), 2, /--id/)
      expectFailure(await wrong('--id', '../mine'), 2, /lower-case letters/)
      expectFailure(await wrong('--preprocessing', 'imagenet'), 2, /tf, torch, caffe, rescale, none/)
      expectFailure(await wrong('--feature-layer', 'last'), 1, /choose one of: .*first.*classes/)
      expectFailure(await wrong('--as', 'vgg16'), 1, /Weights of vgg16 are expected/)
    },
    limitMs,
  )
})

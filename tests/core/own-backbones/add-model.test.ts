import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createBackbonesArea } from '../../../src/core/backbones/handlers.ts'
import { findInstalledWeights } from '../../../src/core/backbones/installed-weights.ts'
import { backboneOf } from '../../../src/core/own-backbones/own-backbones.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { temporaryFolder, testContext } from '../test-project.ts'
import { branchedModel, saveLayersModel, sequentialClassifier, setFormulaWeights } from './layers-models.ts'

beforeAll(() => chooseEngine(testEngine))

/** A core's backbones with a data folder of its own, and a model's file in a folder that is named for it. */
async function workbench(model = sequentialClassifier()) {
  const folder = temporaryFolder()
  const context = testContext(folder)
  const area = createBackbonesArea(context)
  onTestFinished(() => area.close())
  setFormulaWeights(model)
  const file = await saveLayersModel(model, join(folder, 'My Flowers 2'))
  model.dispose()
  const { handlers } = area
  return {
    context,
    folder,
    file,
    handlers,
    weights: join(context.dataDir, 'weights'),
    find: async (id: string) =>
      (await handlers['backbones.list']({})).backbones.find((entry) => entry.id === id),
  }
}

/** Changes what a model's file says. */
function edit(file: string, change: (model: ModelFile) => void): void {
  const model = JSON.parse(readFileSync(file, 'utf8')) as ModelFile
  change(model)
  writeFileSync(file, JSON.stringify(model))
}

interface ModelFile {
  modelTopology: { config: { layers: { class_name: string; config: Record<string, unknown> }[] } } | null
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[]
}

describe("adding a model of one's own", () => {
  it('makes a backbone of it, named as its folder, that is listed, shown and removed', async () => {
    const { context, file, handlers, weights, find } = await workbench()
    const added = await handlers['backbones.addModel']({ file })
    expect(added).toMatchObject({
      id: 'my-flowers-2',
      format: 'tfjs-layers',
      featureLayer: 'hidden_relu6',
      featureShape: [10],
      inputSize: 24,
      fixedSize: true,
      hasClassifier: false,
      dropped: ['classes/kernel', 'classes/bias'],
    })
    expect(readdirSync(join(weights, 'my-flowers-2')).sort()).toEqual([
      `${added.sha256}.safetensors`,
      'backbone.json',
      'installed.json',
    ])
    const listed = await find('my-flowers-2')
    expect(listed).toMatchObject({
      family: 'Own models',
      installed: true,
      features: 10,
      weightsSha256: added.sha256,
      source: 'My Flowers 2/model.json (TensorFlow.js layers model)',
      published: [],
      own: { id: 'my-flowers-2', leftOut: ['drop', 'classes'] },
    })
    const { layers } = await handlers['backbones.show']({ id: 'my-flowers-2' })
    expect(layers.map(({ name }) => name)).toContain('third')
    expect(layers.map(({ block }) => block)).toContain('block 4')
    expect(await findInstalledWeights(context, backboneOf(context.dataDir, 'my-flowers-2'))).toMatchObject({
      sha256: added.sha256,
      convention: 'keras',
    })
    expect(() => backboneOf(context.dataDir, 'my-flower')).toThrow(
      /choose one of: my-flowers-2, efficientnet-lite0/,
    )

    await handlers['backbones.remove']({ id: 'my-flowers-2' })
    expect(await find('my-flowers-2')).toBeUndefined()
    expect(() => handlers['backbones.show']({ id: 'my-flowers-2' })).toThrow(/is not a backbone/)
    await expect(handlers['backbones.addModel']({ file })).resolves.toMatchObject({ sha256: added.sha256 })
  })

  it('gives the same layers new weights, from any file that has them, and never other layers', async () => {
    const { context, file, handlers, folder } = await workbench()
    const first = await handlers['backbones.addModel']({ file, id: 'mine' })
    const trained = sequentialClassifier()
    const second = await saveLayersModel(trained, join(folder, 'trained'))
    trained.dispose()
    const again = await handlers['backbones.addModel']({ file: second, id: 'mine', preprocessing: 'rescale' })
    expect(again.sha256).not.toBe(first.sha256)
    expect(again.preprocessing.standardDeviation).toEqual([255, 255, 255])
    expect(await handlers['backbones.recognize']({ file })).toMatchObject({ backbones: [{ id: 'mine' }] })
    const asWeights = await handlers['backbones.add']({ id: 'mine', file })
    expect(asWeights.sha256).toBe(first.sha256)

    const other = branchedModel()
    const otherFile = await saveLayersModel(other, join(folder, 'other'))
    other.dispose()
    await expect(handlers['backbones.addModel']({ file: otherFile, id: 'mine' })).rejects.toThrow(
      /with the id 'mine' already, and its layers are others/,
    )
    await expect(handlers['backbones.add']({ id: 'mine', file: otherFile })).rejects.toMatchObject({
      code: 'weights-mismatch',
    })
    expect(backboneOf(context.dataDir, 'mine').meta.preprocessing.standardDeviation).toEqual([255, 255, 255])
  })

  it('refuses the ids of the catalogue, and a second model of that id meanwhile', async () => {
    const { file, handlers } = await workbench()
    await expect(handlers['backbones.addModel']({ file, id: 'vgg16' })).rejects.toThrow(/--as vgg16/)
    const adding = expect(handlers['backbones.addModel']({ file, id: 'mine' })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await expect(handlers['backbones.addModel']({ file, id: 'mine' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    await handlers['backbones.cancelAdd']({ id: 'mine' })
    await adding
    expect(() => handlers['backbones.cancelAdd']({ id: 'mine' })).toThrow(/is not a backbone/)
    await expect(handlers['backbones.download']({ id: 'vgg16', source: 'nobody' })).rejects.toThrow(
      /none of them/,
    )
  })

  it.each([
    [
      'whose shards are elsewhere',
      (model: ModelFile): void => {
        model.weightsManifest[0]!.paths[1] = '../../outside.bin'
      },
      'weights-unsafe',
      /'\.\.\/\.\.\/outside\.bin'/,
    ],
    [
      'with a layer that is a program',
      (model: ModelFile): void => {
        model.modelTopology!.config.layers[1]!.class_name = 'Lambda'
      },
      'weights-unsafe',
      /'shrink' is a Lambda/,
    ],
    [
      'with a giant tensor',
      (model: ModelFile): void => {
        model.weightsManifest[0]!.weights[0]!.shape = [3, 3, 3, 1e15]
      },
      'weights-invalid',
      /shards/,
    ],
    [
      'with giant layers',
      (model: ModelFile): void => {
        model.modelTopology!.config.layers[2]!.config.filters = 9e9
      },
      'weights-invalid',
      /'filters' of the layer 'second'/,
    ],
    [
      'with other weights than its layers have',
      (model: ModelFile): void => {
        model.modelTopology!.config.layers[2]!.config.filters = 13
      },
      'weights-mismatch',
      /second\/kernel/,
    ],
    [
      'with layers that are not known',
      (model: ModelFile): void => {
        model.modelTopology!.config.layers[1]!.class_name = 'RandomFlip'
      },
      'model-unsupported',
      /RandomFlip \(shrink\)/,
    ],
    [
      'without layers',
      (model: ModelFile): void => {
        model.modelTopology = null
      },
      'model-unsupported',
      /weights alone/,
    ],
  ] as const)('refuses a file %s, and what was there stays', async (_name, change, code, message) => {
    const { file, handlers, weights, find } = await workbench()
    const before = await handlers['backbones.addModel']({ file, id: 'mine' })
    const files = readdirSync(join(weights, 'mine'))
    edit(file, change)
    for (const id of ['mine', 'another']) {
      await expect(handlers['backbones.addModel']({ file, id })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      })
    }
    expect(await find('mine')).toMatchObject({ installed: true, weightsSha256: before.sha256 })
    expect(readdirSync(join(weights, 'mine'))).toEqual(files)
    expect(existsSync(join(weights, 'another'))).toBe(false)
  })

  it("refuses weights that are no numbers, by the tensor's name", async () => {
    const { file, handlers } = await workbench()
    const shard = join(dirname(file), 'group1-shard1of2.bin')
    const bytes = readFileSync(shard)
    bytes.writeFloatLE(NaN, 40)
    writeFileSync(shard, bytes)
    await expect(handlers['backbones.addModel']({ file, id: 'mine' })).rejects.toThrow(
      /'first\/kernel' has the value NaN/,
    )
  })

  it('refuses a file that does not tell its layers', async () => {
    const { handlers } = await workbench()
    const file = join(import.meta.dirname, '../../fixtures/weights/tiny-classic.h5')
    await expect(handlers['backbones.addModel']({ file, id: 'mine' })).rejects.toThrow(
      /Only the file of a TensorFlow\.js layers model .* this is Keras HDF5/,
    )
  })

  it('lists the others where one is damaged, says so where that one is used, and removes it', async () => {
    const { context, file, handlers, weights, find } = await workbench()
    await handlers['backbones.addModel']({ file, id: 'mine' })
    await handlers['backbones.addModel']({ file, id: 'whole' })
    writeFileSync(join(weights, 'mine', 'backbone.json'), '{"id": "mine"')
    expect(await find('mine')).toBeUndefined()
    expect(await find('whole')).toMatchObject({ installed: true })
    expect(() => backboneOf(context.dataDir, 'mine')).toThrow(/is damaged .* add its model again/)
    await handlers['backbones.remove']({ id: 'mine' })
    expect(() => backboneOf(context.dataDir, 'mine')).toThrow(/is not a backbone/)
  })
})

const shared = join(
  import.meta.dirname,
  '../../../../shared/weights/tfjs-layers-mobilenet_v1_0.25_224/model.json',
)
if (!existsSync(shared))
  process.stderr.write(`Skipped: a published TensorFlow.js model, which is not at ${shared}.\n`)

describe.skipIf(!existsSync(shared))('a published model', () => {
  it("is not taken for one's own unless it is named, and then its classifier is left out", async () => {
    const { handlers } = await workbench()
    await expect(handlers['backbones.addModel']({ file: shared })).rejects.toThrow(
      /the weights of mobilenet_v1_0\.25\. Add it as that \(--as mobilenet_v1_0\.25\)/,
    )
    expect(await handlers['backbones.addModel']({ file: shared, id: 'small' })).toMatchObject({
      featureLayer: 'global_average_pooling2d_1',
      featureShape: [256],
      dropped: ['conv_preds/kernel', 'conv_preds/bias'],
    })
  })
})

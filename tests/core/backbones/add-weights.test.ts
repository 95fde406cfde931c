import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createBackbonesArea } from '../../../src/core/backbones/handlers.ts'
import { findInstalledWeights, findWeightsByHash } from '../../../src/core/backbones/installed-weights.ts'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { runConversion } from '../../../src/core/weights/run-conversion.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { writeTorchSafetensors } from '../weights/write-foreign-file.ts'
import { weightsFixture } from '../weights/tiny-backbone.ts'
import { temporaryFolder, testContext } from '../test-project.ts'

const id = 'squeezenet1_1'
const backbone = findBackbone(id)
const sharedWeights = fileURLToPath(new URL('../../../../shared/weights/', import.meta.url))

if (!existsSync(sharedWeights)) {
  process.stderr.write(`Skipped: published weights, which are not at ${sharedWeights}.\n`)
}

/** A core's backbones with a data folder of its own, and two files of weights for one of them. */
function workbench() {
  const folder = temporaryFolder()
  const context = testContext(folder)
  const area = createBackbonesArea(context)
  onTestFinished(() => area.close())
  const first = join(folder, 'first.safetensors')
  const second = join(folder, 'second.safetensors')
  writeTorchSafetensors(first, id, 0.01)
  writeTorchSafetensors(second, id, 0.02)
  const { handlers } = area
  const folderOf = (name: string) => join(context.dataDir, 'weights', name)
  return {
    context,
    first,
    second,
    handlers,
    folderOf,
    add: (file: string) => handlers['backbones.add']({ id, file }),
  }
}

describe('adding weights', () => {
  it('installs a canonical file named by its hash, and says what came in', async () => {
    const { context, first, handlers, folderOf, add } = workbench()
    const added = await add(first)
    expect(added).toMatchObject({ id, tensors: 50, layersMatched: 25, hasClassifier: true, dropped: [] })
    const file = readFileSync(join(folderOf(id), `${added.sha256}.safetensors`))
    expect(createHash('sha256').update(file).digest('hex')).toBe(added.sha256)
    expect(file.length).toBe(added.bytes)
    expect(await findInstalledWeights(context, backbone)).toMatchObject({
      sha256: added.sha256,
      convention: 'torch',
    })
    const listed = (await handlers['backbones.list']({})).backbones.find((entry) => entry.id === id)
    expect(listed).toMatchObject({ installed: true, source: 'first.safetensors (safetensors)' })
    expect(context.events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['backbones.progress', 'backbones.changed']),
    )
    expect(readdirSync(folderOf(id)).filter((name) => name.startsWith('incoming'))).toEqual([])
  })

  it('replaces what new runs take, and keeps earlier weights for the runs that began with them', async () => {
    const { context, first, second, handlers, add } = workbench()
    const before = await add(first)
    const after = await add(second)
    expect(after.sha256).not.toBe(before.sha256)
    expect(await findInstalledWeights(context, backbone)).toMatchObject({ sha256: after.sha256 })
    expect(await findWeightsByHash(context, backbone, before.sha256)).toMatchObject({
      sha256: before.sha256,
      convention: 'torch',
    })
    const { freedBytes } = await handlers['backbones.remove']({ id })
    expect(freedBytes).toBeGreaterThan(before.bytes + after.bytes)
    expect(await findInstalledWeights(context, backbone)).toBeNull()
    expect(await findWeightsByHash(context, backbone, before.sha256)).toBeNull()
  })

  it.each([
    [
      'of another network',
      (folder: string) => {
        const path = join(folder, 'vgg.safetensors')
        writeTorchSafetensors(path, 'resnet18')
        return path
      },
      'weights-mismatch',
      /They fit resnet18: add the file as that/,
    ],
    [
      'with a missing tensor and one too many',
      (folder: string) => {
        const path = join(folder, 'changed.safetensors')
        writeTorchSafetensors(path, id, 0.01, (tensors) => {
          const bias = tensors.get('features.0.bias')!
          tensors.delete('features.0.bias')
          tensors.set('features.99.bias', bias)
        })
        return path
      },
      'weights-mismatch',
      /1 are missing \(features\.0\.bias\); 1 are of no layer \(features\.99\.bias\)/,
    ],
    [
      'with infinite weights',
      (folder: string) => {
        const path = join(folder, 'infinite.safetensors')
        writeTorchSafetensors(path, id, Infinity)
        return path
      },
      'weights-invalid',
      /'features\.0\.weight' has the value Infinity/,
    ],
    ['that runs a program', () => weightsFixture('refused-command.pth'), 'weights-unsafe', /posix\.system/],
  ])('refuses a file %s, and what was installed stays', async (_name, fileOf, code, message) => {
    const { context, first, add } = workbench()
    const before = await add(first)
    await expect(add(fileOf(temporaryFolder()))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(await findInstalledWeights(context, backbone)).toMatchObject({ sha256: before.sha256 })
  })

  it('can be cancelled, and refuses a second file for the same backbone meanwhile', async () => {
    const { first, folderOf, handlers, add } = workbench()
    const adding = expect(add(first)).rejects.toMatchObject({ code: 'cancelled' })
    await expect(add(first)).rejects.toMatchObject({ code: 'invalid-input' })
    await handlers['backbones.cancelAdd']({ id })
    await adding
    expect(readdirSync(folderOf(id))).toEqual([])
  })

  it('says what a damaged description of installed weights needs', async () => {
    const { context, folderOf } = workbench()
    mkdirSync(folderOf(id), { recursive: true })
    writeFileSync(join(folderOf(id), 'installed.json'), '{"sha256": 7')
    await expect(findInstalledWeights(context, backbone)).rejects.toThrow(/Add the weights again/)
  })
})

describe('recognizing a file', () => {
  const recognize = (file: string) => workbench().handlers['backbones.recognize']({ file })

  it('tells the one backbone that it is of, and installs nothing', async () => {
    const { first, handlers } = workbench()
    expect(await handlers['backbones.recognize']({ file: first })).toEqual({
      format: 'safetensors',
      tensors: 52,
      backbones: [{ id, convention: 'torch', hasClassifier: true }],
    })
    const { backbones } = await handlers['backbones.list']({})
    expect(backbones.find((entry) => entry.id === id)).toMatchObject({ installed: false })
  })

  it('tells none where tensors are missing or there is no such network', async () => {
    const cut = join(temporaryFolder(), 'cut.safetensors')
    writeTorchSafetensors(cut, id, 0.01, (tensors) => tensors.delete('features.0.bias'))
    expect(await recognize(cut)).toMatchObject({ backbones: [] })
    expect(await recognize(weightsFixture('tiny.weights.h5'))).toMatchObject({
      format: 'keras-h5',
      backbones: [],
    })
  })

  it('refuses what adding refuses', async () => {
    await expect(recognize(weightsFixture('refused-command.pth'))).rejects.toMatchObject({
      code: 'weights-unsafe',
    })
    await expect(recognize(import.meta.filename)).rejects.toMatchObject({
      code: 'weights-format-unknown',
    })
  })
})

describe('the process that reads a file', () => {
  const entry = new URL('../../fixtures/faulty-conversion.ts', import.meta.url)
  const convert = (fault: string, limitMs: number) => {
    const folder = temporaryFolder()
    const launch = launchNodeProcess(entry, { env: { FAULT: fault } })
    return runConversion(launch, { type: 'convert', path: 'weights.h5', backbone: id, folder } as const, {
      limitMs,
    })
  }

  it('is ended where it hangs or says nothing more', async () => {
    await expect(convert('hang', 1500)).rejects.toThrow(/nothing happened for 1\.5 s/)
    await expect(convert('silence', 1500)).rejects.toThrow(/nothing happened for 1\.5 s/)
  })

  it('may crash', async () => {
    await expect(convert('crash', 60_000)).rejects.toThrow(/its process died \(SIGSEGV\)/)
  })
})

describe.skipIf(!existsSync(sharedWeights))('published files of TensorFlow.js', () => {
  it.each([
    ['mobilenet_v1_0.25', 'tfjs-layers-mobilenet_v1_0.25_224', true],
    ['mobilenet_v2_0.35', 'tfjs-layers-mobilenet_v2_0.35_224_notop', false],
  ])('%s loads whole', async (name, folder, hasClassifier) => {
    const { handlers } = workbench()
    const file = join(sharedWeights, folder, 'model.json')
    const added = await handlers['backbones.add']({ id: name, file })
    expect(added).toMatchObject({ format: 'tfjs-layers', convention: 'keras', hasClassifier, dropped: [] })
    const recognized = await handlers['backbones.recognize']({ file })
    expect(recognized.backbones).toEqual([{ id: name, convention: 'keras', hasClassifier }])
  })
})

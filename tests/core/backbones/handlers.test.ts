import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { createBackbonesArea } from '../../../src/core/backbones/handlers.ts'
import { installedWeights } from '../../../src/core/backbones/installed-weights.ts'
import { findBackbone } from '../../../src/models/catalog.ts'

const log = pino({ level: 'silent' })
const resources = resolve(import.meta.dirname, '../../../resources')
const scratch = mkdtempSync(join(tmpdir(), 'thaw-backbones-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const dataDir = join(scratch, 'home')
const handlersOf = (resourcesDir: string) =>
  createBackbonesArea({ resourcesDir, dataDir, log, publish: () => {} }).handlers

describe('backbones', () => {
  it('lists EfficientNet-Lite0 with the counts of its paper and its embedded weights', async () => {
    const { backbones } = await handlersOf(resources)['backbones.list']({})
    const lite0 = backbones.find(({ id }) => id === 'efficientnet-lite0')
    // 4.65 M parameters with the classifier of 1000 classes, which this graph leaves out, and its moving statistics counted.
    expect(lite0).toMatchObject({ installed: true, features: 1280, inputSize: 224, licence: 'Apache-2.0' })
    expect(lite0!.parameters).toBe(3_413_024)
    expect(lite0!.flops).toBeGreaterThan(700e6)
    expect(lite0!.flops).toBeLessThan(900e6)
    expect(lite0!.weightsSha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('shows the layers in order with their shapes', () => {
    const shown = handlersOf(resources)['backbones.show']({
      id: 'efficientnet-lite0',
    })
    const { layers } = shown as Awaited<typeof shown>
    expect(layers.map(({ index }) => index)).toEqual(layers.map((_, index) => index))
    expect(layers[1]).toMatchObject({ name: '_conv_stem', outputShape: [112, 112, 32], parameters: 864 })
    expect(layers.at(-1)).toMatchObject({ name: '_avg_pooling', outputShape: [1280], parameters: 0 })
  })

  it('names the ids there are when one is unknown', () => {
    const show = handlersOf(resources)['backbones.show']
    expect(() => show({ id: 'efficientnet' })).toThrow(/efficientnet-lite0/)
  })

  it('says that weights are missing, and that a changed file is damaged', async () => {
    const backbone = findBackbone('efficientnet-lite0')
    await expect(
      installedWeights({ dataDir, resourcesDir: join(scratch, 'none') }, backbone),
    ).rejects.toMatchObject({
      code: 'weights-missing',
    })

    const folder = join(scratch, 'changed', 'pretrained', 'efficientnet-lite0')
    mkdirSync(folder, { recursive: true })
    cpSync(
      join(resources, 'pretrained', 'efficientnet-lite0', 'model.safetensors'),
      join(folder, 'model.safetensors'),
    )
    await expect(
      installedWeights({ dataDir, resourcesDir: join(scratch, 'changed') }, backbone),
    ).resolves.toMatchObject({
      backbone: 'efficientnet-lite0',
    })
    writeFileSync(join(folder, 'model.safetensors'), 'cut off')
    await expect(
      installedWeights({ dataDir, resourcesDir: join(scratch, 'changed') }, backbone),
    ).rejects.toMatchObject({
      code: 'weights-invalid',
    })
    const list = handlersOf(join(scratch, 'changed'))['backbones.list']
    expect((await list({})).backbones[0]).toMatchObject({ installed: false, weightsSha256: null })
  })
})

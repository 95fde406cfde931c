import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { weightsFixture } from '../../core/weights/tiny-backbone.ts'
import { writeTorchSafetensors } from '../../core/weights/write-foreign-file.ts'
import { expectFailure, runCli, runJson } from './run-cli.ts'

const limitMs = 120_000
const classified = z.object({
  predictions: z.array(
    z.object({ path: z.string(), top: z.array(z.object({ class: z.string(), probability: z.number() })) }),
  ),
})
const shared = (path: string) => fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url))

const mobileNet = shared('weights/tfjs-layers-mobilenet_v1_0.25_224/model.json')
const insects = shared('data/hymenoptera/val')
const isHere = existsSync(mobileNet) && existsSync(insects)

if (!isHere) {
  process.stderr.write(`Skipped: the classes of real photographs, which are not at ${insects}.\n`)
}

describe.skipIf(!isHere)('thaw backbones classify', () => {
  it(
    "sees bees among ImageNet's thousand classes with the published MobileNet",
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'thaw-cli-classify-'))
      try {
        await runJson(home, 'backbones add', [mobileNet, '--as', 'mobilenet_v1_0.25'])
        const bees = readdirSync(join(insects, 'bees')).map((name) => join(insects, 'bees', name))
        const result = await runCli(home, ['backbones', 'classify', 'mobilenet_v1_0.25', ...bees, '--json'])
        const { predictions } = classified.parse(JSON.parse(result.stdout))
        expect(predictions.map(({ path }) => path)).toEqual(bees)
        const share = (seen: number) => seen / bees.length
        // By chance 1 and 5 of a thousand; 0.49 and 0.80 were measured.
        expect(share(predictions.filter(({ top }) => top[0]?.class === 'bee').length)).toBeGreaterThan(0.45)
        expect(
          share(predictions.filter(({ top }) => top.some(({ class: name }) => name === 'bee')).length),
        ).toBeGreaterThan(0.75)
        for (const { top } of predictions) expect(top).toHaveLength(5)
      } finally {
        rmSync(home, { recursive: true })
      }
    },
    limitMs,
  )
})

describe('thaw backbones add', () => {
  let home: string
  let file: string
  const id = 'squeezenet1_1'

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'thaw-cli-weights-'))
    file = join(home, 'squeezenet.safetensors')
    writeTorchSafetensors(file, id)
  })
  afterAll(() => rmSync(home, { recursive: true }))

  it(
    'installs weights, which the list then has; a file that is refused changes nothing',
    async () => {
      const added = await runJson(home, 'backbones add', ['squeezenet.safetensors', '--as', id], home)
      expect(added).toMatchObject({ id, tensors: 50, layersMatched: 25 })
      expectFailure(
        await runCli(home, ['backbones', 'add', weightsFixture('refused-command.pth'), '--as', id, '--json']),
        1,
        /posix\.system/,
      )
      expectFailure(
        await runCli(home, ['backbones', 'add', file, '--as', 'vgg16']),
        1,
        /They fit squeezenet1_1/,
      )
      const { backbones } = await runJson(home, 'backbones', [])
      expect(backbones.find((backbone) => backbone.id === id)).toMatchObject({ installed: true })
      expect(readdirSync(join(home, 'weights', id))).toContain(`${added.sha256}.safetensors`)
    },
    limitMs,
  )

  it(
    'names what is wrong with its use, and with the file',
    async () => {
      expectFailure(await runCli(home, ['backbones', 'add', file]), 2, /--as/)
      expectFailure(await runCli(home, ['backbones', 'add', file, '--as', 'nonsense']), 1, /squeezenet1_1/)
      expectFailure(
        await runCli(home, ['backbones', 'add', join(home, 'absent.h5'), '--as', id]),
        1,
        /no file at/,
      )
      writeFileSync(join(home, 'letter.txt'), 'Dear weights')
      expectFailure(
        await runCli(home, ['backbones', 'add', join(home, 'letter.txt'), '--as', id]),
        1,
        /Keras HDF5 .* safetensors .* PyTorch .* TensorFlow\.js/,
      )
    },
    limitMs,
  )
})

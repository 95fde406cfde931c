import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { weightsFixture } from '../../core/weights/tiny-backbone.ts'
import { writeTorchSafetensors } from '../../core/weights/write-foreign-file.ts'
import { expectFailure, runCli, runJson } from './run-cli.ts'

const limitMs = 120_000

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

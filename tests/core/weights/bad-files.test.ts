import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openWeights } from '../../../src/core/weights/index.ts'
import { readTiny, weightsFixture } from './tiny-backbone.ts'

const scratch = mkdtempSync(join(tmpdir(), 'thaw-bad-weights-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Writes a file of this test's own. */
function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}

const refused = (path: string, code: string, message: RegExp) =>
  expect(readTiny(path)).rejects.toMatchObject({
    name: 'AppError',
    code,
    message: expect.stringMatching(message),
  })

describe('a file that is more than weights is refused by name', () => {
  it.each([
    ['a pickle that runs a program', 'refused-command.pth', /posix\.system/],
    ['the same in an old stream', 'refused-command-legacy.pth', /posix\.system/],
    ['a whole module', 'refused-module.pth', /torch\.nn\.modules\.linear\.Linear/],
    ['a .keras with a Lambda layer', 'tiny-lambda.keras', /'twice' is a Lambda/],
    ['a whole model in .h5 with a Lambda layer', 'tiny-lambda.h5', /'twice' is a Lambda/],
    ['HDF5 with an external link', 'refused-external-link.h5', /'\/conv1' links to '\/etc\/passwd'/],
    ['HDF5 with a virtual array', 'refused-virtual.h5', /links to '\/etc\/other\.h5'/],
  ])('%s', async (_name, file, message) => {
    await refused(weightsFixture(file), 'weights-unsafe', message)
    expect(existsSync('THAW_WAS_HERE')).toBe(false)
  })

  it('HDF5 whose values lie in another file gives none of them', async () => {
    const file = await openWeights(weightsFixture('refused-external-array.h5'))
    expect(() => file.tensors[0]?.read()).toThrow(/HDF5|links/)
    file.close()
  })
})

describe('a TensorFlow.js manifest', () => {
  const model = JSON.parse(readFileSync(weightsFixture('tiny-tfjs/model.json'), 'utf8')) as {
    weightsManifest: [{ paths: string[]; weights: { shape: number[] }[] }]
  }
  function folderOf(name: string, change: (manifest: typeof model) => void, shards = [0, 1]): string {
    const folder = join(scratch, name)
    mkdirSync(folder)
    for (const index of shards) {
      const shard = `group1-shard${index + 1}of2.bin`
      writeFileSync(join(folder, shard), readFileSync(weightsFixture(`tiny-tfjs/${shard}`)))
    }
    const own = structuredClone(model)
    change(own)
    const path = join(folder, 'model.json')
    writeFileSync(path, JSON.stringify(own))
    return path
  }

  it.each([
    '../secret.bin',
    '/etc/passwd',
    'a/../../secret.bin',
    '..\\secret.bin',
    'C:\\secret.bin',
    'file:///etc/passwd',
  ])('with the shard path %s is refused by name', async (path) => {
    writeFileSync(join(scratch, 'secret.bin'), 'secret')
    const name = `outside-${Buffer.from(path).toString('hex')}`
    const file = folderOf(name, ({ weightsManifest: [group] }) => (group.paths[0] = path))
    await refused(file, 'weights-unsafe', /beside its model\.json; this one names '/)
  })

  it('whose shard is a link out of its folder is refused', async () => {
    const file = folderOf('linked', () => {}, [1])
    symlinkSync(
      weightsFixture('tiny-tfjs/group1-shard1of2.bin'),
      join(scratch, 'linked', 'group1-shard1of2.bin'),
    )
    await refused(file, 'weights-unsafe', /group1-shard1of2\.bin/)
  })

  it('says which shard is missing, and that sizes do not add up', async () => {
    await refused(
      folderOf('missing', () => {}, [1]),
      'weights-invalid',
      /'group1-shard1of2\.bin' should be beside/,
    )
    const larger = folderOf('larger', ({ weightsManifest: [group] }) => {
      group.weights[0]!.shape = [1000, 1000, 1000, 1000]
    })
    await refused(larger, 'weights-invalid', /take \d+ bytes, and the shards have 1260/)
  })

  it('of a graph model is told to be one', async () => {
    const path = fileOf('graph.json', JSON.stringify({ ...model, format: 'graph-model' }))
    await refused(path, 'weights-format-unknown', /this is a graph model/)
  })
})

describe('a damaged file is refused', () => {
  it.each([
    'tiny.keras',
    'tiny-whole.h5',
    'tiny.weights.h5',
    'tiny-keras-2.h5',
    'tiny.pth',
    'tiny-legacy.pth',
    'tiny.safetensors',
  ])('%s, cut off at any place', async (name) => {
    const whole = readFileSync(weightsFixture(name))
    for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
      const path = fileOf(`cut-${name}`, whole.subarray(0, Math.floor(whole.length * share)))
      await expect(readTiny(path), `${share}`).rejects.toMatchObject({
        name: 'AppError',
        code: expect.stringMatching(/^weights-(invalid|format-unknown|mismatch)$/),
      })
    }
  })

  it('with a giant declared shape, before memory is taken', async () => {
    await refused(
      weightsFixture('refused-giant.h5'),
      'weights-invalid',
      /would take \d+ bytes, and the file has 2432/,
    )
    const header = JSON.stringify({
      a: { dtype: 'F32', shape: [2 ** 20, 2 ** 20], data_offsets: [0, 2 ** 42] },
    })
    const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer)
    const path = fileOf('giant.safetensors', Buffer.concat([length, Buffer.from(header)]))
    await refused(path, 'weights-invalid', /should lie within the file/)
  })

  it('with weights that are no numbers', async () => {
    await refused(weightsFixture('refused-nan.pth'), 'weights-invalid', /'bn1\.weight' has the value NaN/)
  })

  it.each([
    ['an empty file', ''],
    ['text', 'these are no weights'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['a zip of nothing known', Buffer.from('504b0506000000000000000000000000000000000000', 'hex')],
    ['a pickle of no tensors', Uint8Array.of(0x80, 2, 0x4b, 1, 0x2e)],
  ])('that is %s', async (_name, content) => {
    await expect(readTiny(fileOf('unknown.bin', content))).rejects.toMatchObject({
      code: expect.stringMatching(/^weights-(format-unknown|invalid)$/),
    })
  })

  it('that is not there, or a folder', async () => {
    await refused(join(scratch, 'absent.h5'), 'source-not-found', /no file at/)
    await refused(scratch, 'source-not-found', /is a folder/)
  })
})

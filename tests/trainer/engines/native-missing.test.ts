import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chooseEngine } from '../../../src/trainer/engines/index.ts'
import { jobs } from '../../../src/contract/jobs.ts'
import { startTrainer } from '../trainer-process.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thaw-no-native-'))
  process.env.THAW_CACHE = folder
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it('auto goes on to the next engine and says why', async () => {
  const chosen = await chooseEngine('auto')
  expect(['webgpu', 'wasm']).toContain(chosen.engine)
  expect(chosen.rejected[0]).toEqual({ id: 'native', reason: 'it is not set up yet' })
  for (const { reason } of chosen.rejected) expect(reason.length).toBeGreaterThan(10)
})

it('a named engine that is missing is an error', async () => {
  await expect(chooseEngine('native')).rejects.toThrow(
    'The engine native cannot be used: it is not set up yet',
  )
})

it('a probe in another process gives a speed, or the reason', async () => {
  const trainer = startTrainer()
  const probe = async (engine: string) =>
    jobs.probe.output.parse(await trainer.start('probe', { engine, weights: null }).output)
  const wasm = await probe('wasm')
  const native = await probe('native')
  trainer.send({ type: 'shutdown' })
  await trainer.exit
  expect(wasm).toMatchObject({ id: 'wasm', available: true, reason: null, missing: [] })
  expect(wasm.imagesPerSecond).toBeGreaterThan(0.5)
  expect(native).toMatchObject({ available: false, reason: 'it is not set up yet', imagesPerSecond: null })
})

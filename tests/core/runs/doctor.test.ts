import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { runDoctor } from '../../../src/core/runs/doctor.ts'

const entry = new URL('../../fixtures/faulty-trainer.ts', import.meta.url)
const withFault = (fault: string) => ({
  launchTrainer: launchNodeProcess(entry, { env: { FAULT: fault } }),
  dataDir: join(tmpdir(), 'thaw-doctor-has-no-weights'),
  resourcesDir: resolve(import.meta.dirname, '../../../resources'),
  log: pino({ level: 'silent' }),
})

describe('runDoctor', () => {
  it('says of an engine that takes its process down that it is not available, and why', async () => {
    await expect(runDoctor(withFault('talkative'))).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/native: .*status 3.*the last line on stderr.*cpu: /s),
    })
  })

  it('does not wait for ever', async () => {
    const startedAt = Date.now()
    await expect(runDoctor(withFault('never-ends'), 300)).rejects.toMatchObject({
      message: expect.stringContaining('no answer in 0.3 s'),
    })
    expect(Date.now() - startedAt).toBeLessThan(8000)
  })

  it('tries each engine in a process of its own and chooses the first that works', async () => {
    const { engines, chosen } = await runDoctor(withFault('only-wasm'))
    expect(engines.map(({ id, available }) => [id, available])).toEqual([
      ['native', false],
      ['webgpu', false],
      ['wasm', true],
      ['cpu', true],
    ])
    expect(chosen).toBe('wasm')
    expect(new Set(engines.filter((e) => e.available).map((e) => e.device)).size).toBe(2)
  })
})

import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { childrenOf } from '../fixtures/children-of.ts'
import { createTestCore, launchTrainer, type TestCore } from '../fixtures/test-core.ts'

let test: TestCore
afterEach(() => test.dispose())

const commandLine = fileURLToPath(new URL('../../src/headless/main.ts', import.meta.url))

describe.skipIf(process.platform !== 'linux')('kill -9 of the core in mid-run', () => {
  it('leaves the run interrupted with its rows, and no trainer behind', async () => {
    test = createTestCore({ launchTrainer })
    const path = join(test.folder, 'sample.thaw')
    const { project } = await test.core.request('projects.sample', {
      path,
      images: 40,
      sizePx: 64,
      classes: 2,
      seed: 5,
    })
    await test.core.request('projects.close', { projectId: project.id })

    const child = spawn(process.execPath, [commandLine, 'train', path, '--epochs', '10000'], {
      env: { ...process.env, THAW_HOME: join(test.folder, 'home-of-the-other') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (/epoch +2/.test(said)) resolve()
      })
      child.once('exit', () => reject(new Error(`it ended before its second epoch: ${said}`)))
    })
    const trainers = childrenOf(child.pid!)
    expect(trainers.length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    expect(await exited).toBe('SIGKILL')

    const { id: projectId } = await test.core.request('projects.open', { path })
    const { runs } = await test.core.request('runs.list', { projectId })
    expect(runs).toMatchObject([{ id: 'r1', status: 'interrupted', modelSha256: null }])
    const { rows } = await test.core.request('runs.metrics', { projectId, runId: 'r1' })
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index))
    const losses = rows.filter(({ name }) => name === 'train/loss')
    expect(losses.length).toBeGreaterThanOrEqual(2)
    expect(losses).toHaveLength(runs[0]!.epochsDone)
    const end = Date.now() + 10_000
    while ((await Promise.all(trainers.map(isAlive))).some(Boolean) && Date.now() < end) await delay(100)
    expect(await Promise.all(trainers.map(isAlive))).toEqual(trainers.map(() => false))
  }, 120_000)
})

/** A dead process that nobody has waited for yet is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tgone')
  return !/State:\s+(Z|X|gone)/.test(status)
}

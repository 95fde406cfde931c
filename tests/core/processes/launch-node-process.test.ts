import { getPriority } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChildProcess } from '../../../src/contract/host.ts'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'

const entry = new URL('../../fixtures/faulty-trainer.ts', import.meta.url)
const children: ChildProcess[] = []

async function start(givesWay: boolean): Promise<number> {
  const child = launchNodeProcess(entry, { env: { FAULT: '' }, givesWay })()
  children.push(child)
  await new Promise((resolve) => child.onMessage(resolve))
  return child.pid!
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('launchNodeProcess', () => {
  it('starts a process that gives way to the others where that is wanted', async () => {
    expect(getPriority(await start(true))).toBeGreaterThan(getPriority())
    expect(getPriority(await start(false))).toBe(getPriority())
  })
})

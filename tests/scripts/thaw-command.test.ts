import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findNode } from '../../scripts/setup/runtime.mjs'

const run = promisify(execFile)
const checkout = new URL('../../', import.meta.url).pathname
const program = join(checkout, 'bin', 'thaw.mjs')
/** The Node that a person has, where it is another one than the tests run on. */
const systemNode = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thaw-command-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the runtime', () => {
  it('is Node 22.18 or newer', async () => {
    const { stdout } = await run(findNode(), ['--version'])
    const [major, minor] = stdout.slice(1).split('.').map(Number) as [number, number]
    expect(major * 100 + minor).toBeGreaterThanOrEqual(2218)
  })
})

describe('bin/thaw.mjs', () => {
  it('answers on the Node of the system, with nothing but the answer on stdout', async () => {
    const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as {
      version: string
    }
    const { stdout, stderr } = await run(systemNode, [program, '--version'])
    expect(stdout.trim()).toBe(version)
    expect(stderr).toBe('')
  })

  it('passes arguments and the exit status of wrong usage', async () => {
    const failure = await run(systemNode, [program, 'no-such-command']).then(
      () => null,
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    expect(failure?.code).toBe(2)
    expect(failure?.stdout).toBe('')
    expect(failure?.stderr).toContain('no-such-command')
  })

  it('sets nothing up for a command that needs no engine', async () => {
    const environment = { ...process.env, THAW_CACHE: folder, THAW_HOME: join(folder, 'home') }
    await run(systemNode, [program, 'init', join(folder, 'a.thaw')], { env: environment })
    expect(existsSync(join(folder, 'engines'))).toBe(false)
  })

  it('ends its program when it is killed', async () => {
    // Stands in for a long command: says its process id and stays.
    const script = join(folder, 'stay.mjs')
    await writeFile(script, `console.log(process.pid); setInterval(() => {}, 1000)`)
    const preload = new URL('../../scripts/setup/exit-with-parent.mjs', import.meta.url).href
    const starter = join(folder, 'starter.mjs')
    await writeFile(
      starter,
      `import { spawn } from 'node:child_process'
       spawn(process.execPath, ['--import', ${JSON.stringify(preload)}, ${JSON.stringify(script)}], {
         stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
       })`,
    )
    const parent = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())))
    })
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    for (let tries = 0; tries < 100 && isAlive(pid); tries++) await wait(50)
    expect(isAlive(pid)).toBe(false)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

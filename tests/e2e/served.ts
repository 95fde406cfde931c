import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/thaw.mjs', import.meta.url))

export interface Served {
  /** Holds the token; good for one browser. */
  url: string
  process: ChildProcess
  /** Where the server keeps the person's state; also a place for a test's own files. */
  folder: string
  stop(): Promise<void>
}

/** `thaw serve` with a THAW_HOME of its own, on a free port. */
export async function startServer(options: { project?: string; folder?: string } = {}): Promise<Served> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'thaw-e2e-')))
  const child = spawn(
    process.execPath,
    [bin, 'serve', ...(options.project ? [options.project] : []), '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, THAW_HOME: join(folder, 'home') },
    },
  )
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`thaw serve ended with ${code}`))),
  ])
  const { url } = JSON.parse(first) as { url: string }
  return {
    url,
    process: child,
    folder,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a command of the command line and answers its JSON document. */
export async function thaw<Value>(folder: string, ...args: string[]): Promise<Value> {
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, THAW_HOME: join(folder, 'home') },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`thaw ${args.join(' ')} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout) as Value
}

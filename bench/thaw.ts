import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What `npx thaw` runs. */
export const thawBin = fileURLToPath(new URL('../bin/thaw.mjs', import.meta.url))

export const sharedData = fileURLToPath(new URL('../../shared/data', import.meta.url))

export interface Timed<Value> {
  value: Value
  /** The whole process, from its start to its end. */
  seconds: number
}

/** Runs a command to its end. @throws Error with the end of stderr when it fails. */
export async function runCommand(
  command: string,
  args: string[],
  options: {
    echo?: boolean
    /** Called with each line of stderr, and the seconds since the start of the process. */
    onLine?: (line: string, seconds: number) => void
  } = {},
): Promise<Timed<string>> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000)
    if (options.echo) process.stderr.write(chunk)
  })
  const { onLine } = options
  if (onLine) createInterface({ input: child.stderr }).on('line', (line) => onLine(line, seconds()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}`)
  return { value: stdout, seconds: seconds() }
}

/** Of what a command printed: what a peer says at its end. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}

/** `thaw <args> --json`. */
export async function thaw<Value>(...args: string[]): Promise<Timed<Value>> {
  const { value, seconds } = await runCommand(process.execPath, [thawBin, ...args, '--json'])
  return { value: JSON.parse(value) as Value, seconds }
}

/** Calls `use` with a folder that is gone afterwards. */
export async function withTemporaryFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One row: the bound, and what was measured. */
export function report(name: string, measured: string, bound: string, holds: boolean): void {
  console.log(`${holds ? 'ok  ' : 'MISS'}  ${name.padEnd(58)} ${measured.padEnd(34)} ${bound}`)
  if (!holds) process.exitCode = 1
}

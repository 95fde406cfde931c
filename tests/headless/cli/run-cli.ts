import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { z } from 'zod'
import { documents, type DocumentName } from './documents.ts'

const entry = fileURLToPath(new URL('../../../src/headless/main.ts', import.meta.url))

export interface CliResult {
  status: number | null
  stdout: string
  stderr: string
}

/** Starts the command line as a person would, with a THAW_HOME of its own. */
export function startCli(home: string, commandLine: readonly string[], cwd?: string) {
  return spawn(process.execPath, [entry, ...commandLine], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, THAW_HOME: home },
    cwd,
  })
}

/** Runs the command line to its end. */
export async function runCli(home: string, commandLine: readonly string[], cwd?: string): Promise<CliResult> {
  const child = startCli(home, commandLine, cwd)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

/** Runs a command with `--json` and expects exactly one document of its shape on stdout. */
export async function runJson<Name extends DocumentName>(
  home: string,
  name: Name,
  commandLine: readonly string[],
  cwd?: string,
): Promise<z.output<(typeof documents)[Name]>> {
  const result = await runCli(home, [...name.split(' '), ...commandLine, '--json'], cwd)
  expect(result, result.stderr).toMatchObject({ status: 0 })
  expect(result.stdout.trimEnd().split('\n')).toHaveLength(1)
  return documents[name].parse(JSON.parse(result.stdout)) as z.output<(typeof documents)[Name]>
}

/** Expects a failure as the contract has it: this status, nothing on stdout, one line on stderr. */
export function expectFailure(result: CliResult, status: number, message: RegExp): void {
  expect(result, result.stderr).toMatchObject({ status, stdout: '' })
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(result.stderr).toMatch(message)
}

import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './thaw.ts'

const requirements = fileURLToPath(new URL('peers/requirements.txt', import.meta.url))

/** The path of a peer's script. */
export function peerScript(name: string): string {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url))
}

/**
 * A Python with the peers' packages, in a virtual environment in the user's cache, made at the first call.
 * `THAW_BENCH_PYTHON` names one that is there already.
 *
 * @returns the interpreter, or null (said on stderr) where there is no Python or the packages cannot be had
 */
export async function peerPython(): Promise<string | null> {
  if (process.env.THAW_BENCH_PYTHON) return process.env.THAW_BENCH_PYTHON
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'thaw', 'bench-python')
  const python = join(folder, 'bin', 'python')
  const stamp = join(folder, 'requirements.txt')
  const wanted = await readFile(requirements, 'utf8')
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return python
  console.error(`Setting up the Python peers in ${folder}: some gigabytes, once.`)
  try {
    await mkdir(folder, { recursive: true })
    await runCommand('python3', ['-m', 'venv', folder])
    await runCommand(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { echo: true })
    await writeFile(stamp, wanted)
    return python
  } catch (error) {
    console.error(`The Python side is left out: ${(error as Error).message}`)
    return null
  }
}

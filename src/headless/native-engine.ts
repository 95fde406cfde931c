import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { AppError, fromErrorPayload, type ErrorPayload } from '../contract/errors.ts'
import type { Terminal } from './cli/terminal.ts'

/** A line that the installation prints: a step of its progress, or its end. */
type InstallationLine = { step: string; fraction: number } | { folder: string } | { error: ErrorPayload }

const labels: Record<string, string> = {
  checking: 'Checking the wheel',
  unpacking: 'Unpacking TensorFlow',
  compiling: 'Compiling the binding',
  loading: 'Loading the engine',
}

/**
 * Sets up the native engine from a TensorFlow wheel on this disk, in a process of its own: the program that does it
 * belongs to the trainer.
 *
 * @returns the folder the engine is in
 * @throws AppError why it could not be set up
 */
export async function installNativeEngine(wheelPath: string, terminal: Terminal): Promise<string> {
  const program = fileURLToPath(new URL('../trainer/engines/native-installation/main.ts', import.meta.url))
  const child = spawn(process.execPath, [program, '--wheel', wheelPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  let last: InstallationLine | null = null
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as InstallationLine
    if ('step' in last) {
      terminal.progress({
        label: labels[last.step] ?? last.step,
        done: Math.round(last.fraction * 100),
        total: 100,
        ratePerSecond: null,
        secondsLeft: null,
        unit: '%',
      })
    }
  }
  const status = await exited
  terminal.progress(null)
  if (last && 'folder' in last) return last.folder
  if (last && 'error' in last) throw fromErrorPayload(last.error)
  throw new AppError(
    'engine-unavailable',
    `The set-up of the native engine was expected to finish, but ended with status ${status}. ${errors.trim()}`,
  )
}

import { spawn } from 'node:child_process'

const statusOfSignal = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }

/**
 * Runs a program in this one's place: same terminal, same signals, same exit status. The channel beside the terminal
 * is for one thing: a program that loads exit-with-parent.mjs ends when this process is killed.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function handOver(program, args, options = {}) {
  const child = spawn(program, args, { ...options, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  // A terminal sends SIGINT to the whole group: the child has it already, and this process waits for its answer.
  const terminal = process.stdin.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !terminal) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`thaw: ${program} could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('close', (code, signal) => process.exit(code ?? statusOfSignal[signal] ?? 1))
}

/** What Node loads before a program that is handed over to. */
export const exitWithParent = ['--import', new URL('./exit-with-parent.mjs', import.meta.url).href]

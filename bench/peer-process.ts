import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { peerScript } from './peers.ts'

/** A peer's script that answers each line of JSON with one. */
export interface PeerProcess {
  /** @throws Error with the end of its stderr where the script ended instead of answering */
  readonly ask: (request: object) => Promise<Record<string, unknown>>
  readonly end: () => void
}

/** Starts a script of `bench/peers/`, which ends when its input does. */
export function startPeerProcess(python: string, script: string, args: readonly string[]): PeerProcess {
  const child = spawn(python, [peerScript(script), ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(() =>
    Promise.reject<[string]>(new Error(`${script} ${args.join(' ')} ended:\n${errors}`)),
  )
  // Ending by itself, after the last question, is no error.
  ended.catch(() => undefined)
  return {
    async ask(request) {
      const answer = once(lines, 'line') as Promise<[string]>
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const [line] = await Promise.race([answer, ended])
      return JSON.parse(line) as Record<string, unknown>
    },
    end: () => child.stdin.end(),
  }
}

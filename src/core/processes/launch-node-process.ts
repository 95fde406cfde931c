import { fork } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ChildProcess, ChildProcessExit, LaunchChildProcess } from '../../contract/host.ts'
import { AppError } from '../../contract/errors.ts'

export interface LaunchNodeProcessOptions {
  /** A Node of version 24 or later. Default: this process's own. Electron must name one: its binary does not run as Node. */
  execPath?: string
  /** Added to the environment of this process. */
  env?: Record<string, string>
  arguments?: string[]
  /** It gives way to the interface, and to whatever else a person does, where both want the processors; alone it is as fast as ever. */
  givesWay?: boolean
}

const outputTailLimit = 4000
/** A third of an equal's share on Linux. Windows knows classes of priority only. */
const givesWayPriority = process.platform === 'win32' ? constants.priority.PRIORITY_BELOW_NORMAL : 5
/**
 * MiB for young objects, a quarter of V8's own choice: what these processes make is buffers outside the heap, which are freed when the small
 * objects that hold them are. A training on streamed features takes 45 MiB less, and no more time.
 */
const semiSpaceMiB = 4

/**
 * A way to start `entry` (TypeScript or JavaScript) in a Node process of its own, with a message channel that carries typed
 * arrays. What it prints never reaches this process's own output; the last of it comes with its exit.
 *
 * @throws AppError 'internal' where there is no Node that runs TypeScript
 */
export function launchNodeProcess(
  entry: URL | string,
  options: LaunchNodeProcessOptions = {},
): LaunchChildProcess {
  const path = typeof entry === 'string' ? entry : fileURLToPath(entry)
  const execPath = options.execPath ?? ownNode()
  return () => {
    const child = fork(path, options.arguments ?? [], {
      execPath,
      execArgv: [`--max-semi-space-size=${semiSpaceMiB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Images are decoded on libuv's threads: one for each core, where the person has not said otherwise.
      env: {
        UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())),
        ...process.env,
        ...options.env,
      },
    })
    if (options.givesWay && child.pid !== undefined) lowerPriority(child.pid)
    let output = ''
    const keepTail = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-outputTailLimit)
    }
    child.stdout?.on('data', keepTail)
    child.stderr?.on('data', keepTail)

    let exit: ChildProcessExit | undefined
    const exitListeners: ((exit: ChildProcessExit) => void)[] = []
    const end = (code: number | null, signal: string | null): void => {
      if (exit) return
      exit = { code, signal, output: output.trim() }
      for (const listener of exitListeners.splice(0)) listener(exit)
    }
    child.on('error', (error) => {
      // Of a process that never started there is no 'exit'.
      if (child.pid === undefined) {
        output += error.message
        end(null, null)
      }
    })
    child.on('close', (code, signal) => end(code, signal))
    // 'close' waits for the pipes, which a grandchild may hold open.
    child.on('exit', (code, signal) => void setTimeout(() => end(code, signal), 200).unref())

    return childProcess(child, exitListeners, () => exit)
  }
}

/** Set before it has threads, which inherit it. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, givesWayPriority)
  } catch {
    // It has ended already, which its exit tells, or this system knows no priorities: then it is an equal.
  }
}

function childProcess(
  child: ReturnType<typeof fork>,
  exitListeners: ((exit: ChildProcessExit) => void)[],
  exitOf: () => ChildProcessExit | undefined,
): ChildProcess {
  return {
    get pid() {
      return child.pid
    },
    post(message) {
      // A message to a process that has just died is lost; its exit tells the story.
      if (child.connected) child.send(message as never, () => {})
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      const exit = exitOf()
      if (exit) queueMicrotask(() => listener(exit))
      else exitListeners.push(listener)
    },
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  }
}

function ownNode(): string {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 24 || process.versions.electron !== undefined) {
    throw new AppError(
      'internal',
      `Child processes run on Node 24 or later; this is ${process.versions.electron ? 'Electron' : `Node ${process.versions.node}`}, so its host must name one.`,
    )
  }
  return process.execPath
}

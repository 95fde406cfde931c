/** How a child process ended. */
export interface ChildProcessExit {
  code: number | null
  /** Such as SIGKILL, where a signal ended it. */
  signal: string | null
  /** The last lines it wrote, where its host kept them. */
  output?: string
}

/** A child process with a message channel, as core sees it. Hosts start it; core neither knows nor cares how. */
export interface ChildProcess {
  readonly pid: number | undefined
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once. */
  onExit(listener: (exit: ChildProcessExit) => void): void
  kill(signal?: 'SIGTERM' | 'SIGKILL'): void
}

export type LaunchChildProcess = () => ChildProcess

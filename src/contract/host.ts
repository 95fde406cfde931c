/** A child process with a message channel, as core sees it. Hosts start it; core neither knows nor cares how. */
export interface ChildProcess {
  readonly pid: number | undefined
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once. `signal` such as SIGKILL where a signal ended it. */
  onExit(listener: (exit: { code: number | null; signal: string | null }) => void): void
  kill(signal?: 'SIGTERM' | 'SIGKILL'): void
}

export type LaunchChildProcess = () => ChildProcess

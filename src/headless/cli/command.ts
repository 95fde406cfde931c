import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** One command: its arguments and options, and what it does. */
export interface CliCommand {
  /**
   * Adds the command to its parent. The action receives the terminal through `run`, which the program supplies: it
   * makes the terminal for the command's `--json`.
   */
  define(parent: Command, run: RunAction): void
}

/** Wraps what a command does into an action of commander. */
export type RunAction = <Arguments extends unknown[]>(
  work: (terminal: Terminal, ...commandArguments: Arguments) => Promise<void>,
) => (...commandArguments: Arguments) => Promise<void>

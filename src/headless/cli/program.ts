import { Command, CommanderError } from 'commander'
import { AppError } from '../../contract/errors.ts'
import { version } from '../version.ts'
import { InterruptedError, JobFailedError, UsageError } from './errors.ts'
import { commands } from './index.ts'
import type { RunAction } from './command.ts'
import { createTerminal, oneLine, type Terminal } from './terminal.ts'

/**
 * Runs one command line.
 *
 * @param commandLine without the names of the runtime and the script
 * @returns the exit status: 0 done, 1 the job failed, 2 wrong usage, 130 interrupted
 */
export async function runProgram(commandLine: readonly string[]): Promise<number> {
  let terminal: Terminal | null = null
  const run: RunAction =
    (work) =>
    async (...commandArguments) => {
      const command = commandArguments.at(-1)
      // 'backbones' takes the flag of 'backbones show' as its own.
      const json = command instanceof Command && command.optsWithGlobals<{ json?: boolean }>().json === true
      terminal = createTerminal({ json })
      await work(terminal, ...commandArguments)
    }
  // Assigned in a closure, which the compiler does not follow.
  const currentTerminal = () => terminal as Terminal | null
  try {
    await createProgram(run).parseAsync(commandLine, { from: 'user' })
    currentTerminal()?.flush()
    return 0
  } catch (error) {
    currentTerminal()?.progress(null)
    const { status, message } = describeFailure(error)
    if (message !== null) process.stderr.write(`thaw: ${oneLine(message)}\n`)
    return status
  }
}

function createProgram(run: RunAction): Command {
  const program = new Command('thaw')
    .description('Image classification by transfer learning, on your own computer.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError(false)
    .showSuggestionAfterError(false)
    .usage('<command> [options]')
  for (const command of commands) command.define(program, run)
  strict(program)
  return program
}

/** Makes a command and those below it throw instead of print and exit, with messages that list what is valid. */
function strict(command: Command): void {
  command.configureOutput({ writeErr: () => {}, outputError: () => {} })
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error
    throw new UsageError(usageMessage(command, error))
  })
  command.commands.forEach(strict)
}

function usageMessage(command: Command, error: CommanderError): string {
  const problem = sentence(error.message.replace(/^error: /, '').split('\n')[0] ?? '')
  const path = commandPath(command)
  const names = command.commands.map((child) => child.name()).filter((name) => name !== 'help')
  switch (error.code) {
    case 'commander.unknownCommand':
      return `${problem} The commands of '${path}' are: ${names.join(', ')}.`
    case 'commander.help':
      return `Expected a command; '${path}' has: ${names.join(', ')}. See '${path} --help'.`
    case 'commander.unknownOption':
      return `${problem} The options of '${path}' are: ${flagsOf(command).join(', ')}.`
    case 'commander.excessArguments':
      if (names.length > 0) return `${problem} The commands of '${path}' are: ${names.join(', ')}.`
      return `${problem} Usage: ${path} ${command.usage()}.`
    case 'commander.missingArgument':
      return `${problem} Usage: ${path} ${command.usage()}.`
    default:
      return `${problem} See '${path} --help'.`
  }
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(start) ? start : `${start}.`
}

function commandPath(command: Command): string {
  return command.parent ? `${commandPath(command.parent)} ${command.name()}` : command.name()
}

function flagsOf(command: Command): string[] {
  return [...command.options.map((option) => option.long ?? option.flags), '--help']
}

function describeFailure(error: unknown): { status: number; message: string | null } {
  // --help and --version, which printed what was asked for.
  if (error instanceof CommanderError && error.exitCode === 0) return { status: 0, message: null }
  if (error instanceof UsageError) return { status: 2, message: error.message }
  if (error instanceof InterruptedError) return { status: 130, message: error.message }
  if (error instanceof AppError || error instanceof JobFailedError)
    return { status: 1, message: error.message }
  if (process.env.THAW_DEBUG) console.error(error)
  const message = error instanceof Error ? error.message : String(error)
  return {
    status: 1,
    message: `Something failed that should not: ${message}. Set THAW_DEBUG=1 to see where.`,
  }
}

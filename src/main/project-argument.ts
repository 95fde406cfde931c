import { isAbsolute, resolve } from 'node:path'

/** The project folder that a command line names: its last argument that ends in `.thaw`. */
export function projectArgument(commandLine: readonly string[], workingDirectory: string): string | null {
  const given = commandLine.findLast(
    (argument) => !argument.startsWith('-') && /\.thaw[/\\]?$/i.test(argument),
  )
  if (given === undefined) return null
  return isAbsolute(given) ? given : resolve(workingDirectory, given)
}

import { parseArgs } from 'node:util'

type Defaults = Readonly<Record<string, number | readonly number[]>>

/**
 * The command line of a bench: whole numbers from 1 on, each with a default, as `--epochs 1`; where the default is a list, some with commas
 * between them, as `--sizes 1000,10000`.
 *
 * @throws Error that names the option, for another value or another option
 */
export function benchOptions<Options extends Defaults>(
  defaults: Options,
): { [Name in keyof Options]: Options[Name] extends number ? number : number[] } {
  const { values } = parseArgs({
    options: Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' as const }])),
  })
  const entries = Object.entries(defaults).map(([name, initial]) => {
    const text = values[name]
    if (typeof text !== 'string') return [name, initial]
    const numbers = text.split(',').map(Number)
    const isList = typeof initial !== 'number'
    if ((!isList && numbers.length > 1) || numbers.some((number) => !Number.isInteger(number) || number < 1))
      throw new Error(
        `--${name}: expected ${isList ? 'whole numbers from 1 on, with commas between them' : 'a whole number from 1 on'}; got '${text}'.`,
      )
    return [name, isList ? numbers : numbers[0]]
  })
  return Object.fromEntries(entries) as ReturnType<typeof benchOptions<Options>>
}

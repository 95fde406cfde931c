import { InvalidArgumentError, Option } from 'commander'

/** `--json`, which every command takes. */
export function jsonOption(): Option {
  return new Option('--json', 'print exactly one JSON document on stdout')
}

/** Reads a whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN
    if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value
    const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`
    throw new InvalidArgumentError(`expected a whole number, ${range}`)
  }
}

/** Reads a number in `[minimum, maximum]`, or `(minimum, maximum]` where `minimum` is excluded. */
export function realNumber(minimum: number, maximum: number, options: { excludeMinimum?: boolean } = {}) {
  return (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text)
    const above = options.excludeMinimum ? value > minimum : value >= minimum
    if (Number.isFinite(value) && above && value <= maximum) return value
    const range = options.excludeMinimum ? `above ${minimum}, at most ${maximum}` : `${minimum} to ${maximum}`
    throw new InvalidArgumentError(`expected a number, ${range}`)
  }
}

/** An option with a value out of a list. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices)
}

/** Reads a text with something in it. */
export function nonEmptyText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected a text that is not empty')
  return text
}

import { readFileSync } from 'node:fs'

/** Of `/proc`, which counts in hundredths on every Linux that Node runs on. */
const ticksPerSecond = 100

/**
 * Seconds on processors of this process and of all children that have ended.
 *
 * @returns NaN where there is no `/proc`
 */
export function processorSeconds(): number {
  try {
    // The name, in brackets, may have blanks in it.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
  } catch {
    return NaN
  }
}

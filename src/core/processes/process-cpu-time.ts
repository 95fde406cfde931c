import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const ticksPerSecond = 100

/**
 * Processor time that a process has used, in milliseconds, to 10 ms.
 *
 * @returns null where the system does not tell, or the process is gone
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function processCpuTimeMs(pid: number): number | null {
  if (process.platform !== 'linux') return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? (ticks / ticksPerSecond) * 1000 : null
  } catch {
    // It has just ended; its exit is told elsewhere.
    return null
  }
}

import { statSync } from 'node:fs'

/** Whether a file that is not waited for until it is on the disk is there: a power cut may leave it without bytes. */
export function isWholeFile(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

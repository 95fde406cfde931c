import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { entriesOf } from '../storage/folder-bytes.ts'

/**
 * Makes an empty folder for files to come, and deletes those in its place that another process made and did not live to delete.
 *
 * @param parent made where it is not there
 * @param prefix of its name, which tells the process too
 */
export function makeOwnFolder(parent: string, prefix: string): string {
  mkdirSync(parent, { recursive: true })
  removeAbandonedFolders(parent, prefix)
  const folder = join(parent, `${prefix}${process.pid}-${crypto.randomUUID().slice(0, 8)}`)
  mkdirSync(folder)
  return folder
}

/** Deletes the folders of `makeOwnFolder` whose processes are no more. */
export function removeAbandonedFolders(parent: string, prefix: string): void {
  for (const { name } of entriesOf(parent)) {
    if (name.startsWith(prefix) && isAbandoned(name.slice(prefix.length))) {
      rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
}

function isAbandoned(name: string): boolean {
  const pid = /^(\d+)-/.exec(name)?.[1]
  if (pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

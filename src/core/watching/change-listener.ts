import { watch, type FSWatcher } from 'node:fs'

/** Hears of changes in a tree of folders from the system. */
export interface ChangeListener {
  /** @param folders all of the tree, the root among them. @returns whether it hears of changes in all of them */
  listen(folders: readonly string[]): boolean
  close(): void
}

/** With more, the system's own limit comes near, and looking now and then has to do. */
const mostFolders = 1000
/** Elsewhere a watch of the root tells of all that is below it. Node's own for Linux would watch every single file. */
const watchesTrees = process.platform !== 'linux'

export function createChangeListener(root: string, onChange: () => void): ChangeListener {
  const watches = new Map<string, FSWatcher>()

  function drop(folder: string): void {
    watches.get(folder)?.close()
    watches.delete(folder)
  }

  function add(folder: string): boolean {
    if (watches.has(folder)) return true
    try {
      const watcher = watch(folder, { recursive: watchesTrees, persistent: false }, onChange)
      watcher.on('error', () => {
        drop(folder)
        onChange()
      })
      watches.set(folder, watcher)
      return true
    } catch {
      // Too many watches, a drive that tells nothing, or a folder that has gone since.
      return false
    }
  }

  return {
    listen(folders) {
      const wanted = watchesTrees ? [root] : folders.slice(0, mostFolders)
      for (const folder of watches.keys()) if (!wanted.includes(folder)) drop(folder)
      let hears = watchesTrees || folders.length <= mostFolders
      for (const folder of wanted) hears = add(folder) && hears
      return hears
    },
    close() {
      for (const folder of [...watches.keys()]) drop(folder)
    },
  }
}

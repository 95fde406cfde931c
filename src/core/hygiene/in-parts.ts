import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OpenProject } from '../projects/open-projects.ts'

const itemsAtOnce = 1000

/** Calls `store` with parts of `items`, each in a transaction of its own, and lets other work in between. */
export async function inParts<Item>(
  project: OpenProject,
  items: readonly Item[],
  store: (part: readonly Item[]) => void,
): Promise<void> {
  for (let first = 0; first < items.length && project.database.open; first += itemsAtOnce) {
    project.transaction(() => store(items.slice(first, first + itemsAtOnce)))
    await nextTurn()
  }
}

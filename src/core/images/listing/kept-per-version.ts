import type { OpenProject } from '../../projects/open-projects.ts'
import type { ImageTable } from './image-table.ts'

/**
 * Makes something of a project's images when it is first asked for, and keeps it until the table has another version. Whoever asks while it is
 * made waits for the same; what failed is made anew.
 */
export function keptPerVersion<Made>(
  version: 'orderVersion' | 'issuesVersion',
  make: (project: OpenProject, table: ImageTable) => Promise<Made>,
): (project: OpenProject, table: ImageTable) => Promise<Made> {
  const kept = new WeakMap<OpenProject, { version: number; made: Promise<Made> }>()
  return (project, table) => {
    const known = kept.get(project)
    if (known?.version === table[version]) return known.made
    const entry = { version: table[version], made: make(project, table) }
    kept.set(project, entry)
    entry.made.catch(() => {
      if (kept.get(project) === entry) kept.delete(project)
    })
    return entry.made
  }
}

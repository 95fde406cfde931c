import type { OpenProject } from '../projects/open-projects.ts'
import { readFeatures, readHead, type ReducedFeatures } from './stored-head.ts'

const known = new WeakMap<OpenProject, { files: string; values: ReducedFeatures | null }>()

/** The reduced features of the newest head, read when they are first needed. @returns null where there are none */
export function cachedFeatures(project: OpenProject): ReducedFeatures | null {
  const head = readHead(project)
  if (!head) return null
  let found = known.get(project)
  if (found?.files !== head.files || found.values === null) {
    found = { files: head.files, values: readFeatures(project, head) }
    known.set(project, found)
  }
  return found.values
}

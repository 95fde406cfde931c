import type { Run, RunStatus } from '../../../../contract/entities.ts'

/** Which runs the table shows; null: any. */
export interface RunFilter {
  /** In the name, the id, the note, a tag or the backbone; every word of it. */
  text: string
  status: RunStatus | null
  backbone: string | null
  tag: string | null
  /** Those that were put out of the way, in place of the others. */
  archived: boolean
}

export const noFilter: RunFilter = { text: '', status: null, backbone: null, tag: null, archived: false }

export function filterRuns(runs: readonly Run[], filter: RunFilter): Run[] {
  const words = filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return runs.filter((run) => {
    if (run.archived !== filter.archived) return false
    if (filter.status !== null && run.status !== filter.status) return false
    if (filter.backbone !== null && run.plan.backbone !== filter.backbone) return false
    if (filter.tag !== null && !run.tags.includes(filter.tag)) return false
    if (words.length === 0) return true
    const text = [run.name, run.id, run.note ?? '', run.plan.backbone, ...run.tags]
      .join(' ')
      .toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Whether anything but the place of archived runs is asked for. */
export function isFiltering({ text, status, backbone, tag }: RunFilter): boolean {
  return text.trim() !== '' || status !== null || backbone !== null || tag !== null
}

/** What can be chosen, each once and in order. */
export function filterChoices(runs: readonly Run[]): {
  statuses: RunStatus[]
  backbones: string[]
  tags: string[]
} {
  const unique = <Value extends string>(values: readonly Value[]): Value[] => [...new Set(values)].sort()
  return {
    statuses: unique(runs.map(({ status }) => status)),
    backbones: unique(runs.map(({ plan }) => plan.backbone)),
    tags: unique(runs.flatMap(({ tags }) => tags)),
  }
}

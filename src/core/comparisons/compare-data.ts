import { dataChangeKinds, type DataChange } from '../../contract/comparison.ts'
import type { DatasetLine } from '../runs/dataset-version.ts'

type Change = Omit<DataChange, 'imageId' | 'path'>

/** What became of the images, and of the classes, from one dataset version to another. */
export interface DataComparison {
  counts: Record<DataChange['kind'], number>
  classes: { added: string[]; removed: string[] }
  /** In the order of the later version, then those that are gone. */
  changes: Change[]
}

export function compareData(from: readonly DatasetLine[], to: readonly DatasetLine[]): DataComparison {
  const before = new Map(from.map((line) => [line.sha256, line]))
  const changes: Change[] = []
  for (const line of to) {
    const old = before.get(line.sha256)
    before.delete(line.sha256)
    const kind = kindOf(old, line)
    if (kind !== null)
      changes.push({ kind, sha256: line.sha256, from: old ? placeOf(old) : null, to: placeOf(line) })
  }
  for (const line of before.values()) {
    changes.push({ kind: 'removed', sha256: line.sha256, from: placeOf(line), to: null })
  }
  const [old, now] = [classesOf(from), classesOf(to)]
  const count = (kind: DataChange['kind']): number => changes.filter((change) => change.kind === kind).length
  return {
    counts: Object.fromEntries(
      dataChangeKinds.map((kind) => [kind, count(kind)]),
    ) as DataComparison['counts'],
    classes: {
      added: [...now].filter((name) => !old.has(name)).sort(),
      removed: [...old].filter((name) => !now.has(name)).sort(),
    },
    changes,
  }
}

function kindOf(old: DatasetLine | undefined, line: DatasetLine): DataChange['kind'] | null {
  if (old === undefined) return 'added'
  if (old.class !== line.class) return 'label'
  return old.split === line.split ? null : 'split'
}

function placeOf({ class: name, split }: DatasetLine): NonNullable<DataChange['from']> {
  return { class: name, split }
}

function classesOf(lines: readonly DatasetLine[]): Set<string> {
  return new Set(lines.map((line) => line.class))
}

import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { openImport } from '../importers/index.ts'

type Preview = RequestOutput<'images.previewImport'>

const shownSkipped = 100

/** Looks at names and annotations alone: what an import of this source with the defaults would do. @throws as an import */
export async function previewImport({
  source: given,
  format: wanted,
  only,
  crops,
  coarse,
}: RequestParsedInput<'images.previewImport'>): Promise<Preview> {
  const { format, plan } = await openImport(given, wanted, {
    labels: 'folder',
    splitFrom: 'auto',
    only,
    crops,
    coarse,
  })
  const { images, skipped } = await plan.look()
  const classes = new Map<string, number>()
  const splits = new Map<string, Preview['splits'][number]>()
  for (const { className, split, splitName } of images) {
    if (className !== null) classes.set(className, (classes.get(className) ?? 0) + 1)
    if (split === null) continue
    const name = splitName ?? split
    const counted = splits.get(name) ?? { name, split, count: 0 }
    counted.count += 1
    splits.set(name, counted)
  }
  return {
    format,
    files: images.length,
    classes: [...classes].map(([name, count]) => ({ name, count })).sort(byName),
    splitFolders: splits.size > 0,
    // Folders are walked several at once, in no order to rely on.
    splits: [...splits.values()].sort(byName),
    unpacks: plan.unpacks,
    boxes: plan.boxes ?? null,
    hasCoarse: plan.hasCoarse ?? false,
    inside: plan.inside ?? null,
    skipped: skipped.slice(0, shownSkipped),
    skippedFiles: skipped.length,
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}

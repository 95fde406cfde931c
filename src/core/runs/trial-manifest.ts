import type { Manifest } from '../../contract/jobs.ts'
import { planSplits, planValidationFromTrain, type SplitItem } from '../splits/plan-splits.ts'
import { toManifest, type LabelledImage } from './dataset-version.ts'

const defaultShare = 0.15

/** What a run would see, were it started now: splits that starting it would make are made here too, but not stored. */
export function trialManifest(images: readonly LabelledImage[], seed: number): Manifest {
  const strata = new Map([...new Set(images.map((image) => image.class))].map((name, index) => [name, index]))
  const items = images.map((image, id): SplitItem => {
    return { id, key: image.sha256, stratum: strata.get(image.class) ?? 0, split: image.split }
  })
  const has = (split: SplitItem['split']): boolean => items.some((item) => item.split === split)
  const changes =
    has('train') || has('validation') || has('test')
      ? has('validation')
        ? new Map()
        : planValidationFromTrain(items, defaultShare, seed)
      : planSplits(items, { validation: defaultShare, test: defaultShare }, seed, false)
  return toManifest(images.map((image, id) => ({ ...image, split: changes.get(id) ?? image.split })))
}

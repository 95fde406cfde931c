import type { Notice } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { changeSplits } from './change-splits.ts'
import { makeSplits, rememberedShares } from './make-splits.ts'
import { planValidationFromTrain } from './plan-splits.ts'
import { splitItems } from './split-items.ts'

const defaultShare = 0.15

/** What was done on the person's behalf, or what they may want to do. */
export interface SplitNotice extends Notice {
  code: 'split-made' | 'split-completed' | 'validation-from-train' | 'images-without-split'
}

/** Whether a training would make or complete a split: near duplicates are to be known then. */
export function lacksSplits(project: OpenProject): boolean {
  const items = splitItems(project)
  const has = (split: string | null) => items.some((item) => item.split === split)
  return has(null) || (has('train') && !has('validation'))
}

/**
 * What a training needs before it starts: labelled images without any split get one (15% validation, 15% test); where the
 * data came with train but no validation part, validation is taken out of train; images labelled since a split was made
 * join it. Splits that came with the data are never otherwise changed, and no test part is invented beside them.
 * @param seed of a split that has to be made
 */
export function ensureSplits(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  seed = 0,
): SplitNotice[] {
  const items = splitItems(project)
  const count = (split: string | null) => items.filter((item) => item.split === split).length
  const unassigned = count(null)
  if (items.length === 0) return []

  if (unassigned === items.length) {
    const made = makeSplits(context, project, {
      validation: defaultShare,
      test: defaultShare,
      seed,
      keep: false,
    })
    return [
      {
        code: 'split-made',
        message: `The images had no split, so one was made: ${made.train} train, ${made.validation} validation, ${made.test} test.`,
        details: { train: made.train, validation: made.validation, test: made.test },
      },
    ]
  }

  const notices: SplitNotice[] = []
  if (count('validation') === 0 && count('train') > 0) {
    const changes = planValidationFromTrain(items, defaultShare, seed)
    changeSplits(context, project, changes, {
      kind: 'splits.make',
      summary: { images: changes.size, validation: defaultShare, test: 0, seed },
    })
    if (changes.size > 0) {
      notices.push({
        code: 'validation-from-train',
        message: `The images had no validation part, so ${changes.size} of the ${count('train')} train images were taken for it.`,
        details: { taken: changes.size, train: count('train') },
      })
    }
  }
  if (unassigned > 0) {
    const shares = rememberedShares(project)
    if (shares) {
      makeSplits(context, project, { ...shares, keep: true })
      notices.push({
        code: 'split-completed',
        message: `${unassigned} images labelled since the split was made were added to it; no other image moved.`,
        details: { images: unassigned },
      })
    } else {
      notices.push({
        code: 'images-without-split',
        message: `${unassigned} labelled images have no split and are left out. Make a split that keeps the others to use them.`,
        details: { images: unassigned },
      })
    }
  }
  return notices
}

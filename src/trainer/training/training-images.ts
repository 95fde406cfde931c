import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError } from '../../contract/errors.ts'
import { balancedClassWeights } from '../../ml/losses/softmax-cross-entropy.ts'
import type { Dataset } from '../dataset.ts'
import type { RecordSource } from '../records/record-source.ts'

/** What the images of a dataset are classified as, and how much each class counts. */
export interface Classification {
  /** Class indexes by position. */
  readonly labels: readonly number[]
  readonly classes: number
  /** `[classes]`; absent: 1 each. */
  readonly classWeights?: Float32Array | undefined
}

/** The images that are trained on. */
export interface TrainingImages extends Classification {
  /** In the dataset's order, without those that cannot be read. */
  readonly positions: readonly number[]
}

/** @throws AppError 'too-few-images' where none can be read */
export function trainingImages(
  plan: Pick<TrainPlan, 'classWeights'>,
  { images, splits, classes: names }: Dataset,
  { skipped }: Pick<RecordSource, 'skipped'>,
): TrainingImages {
  const labels = images.map(({ classIndex }) => classIndex)
  const classes = names.length
  const positions = splits.train.filter((position) => !skipped.has(position))
  if (positions.length === 0) {
    throw new AppError(
      'too-few-images',
      'None of the training images can be read; see the list of skipped files.',
      { train: 0 },
    )
  }
  const truths = positions.map((position) => labels[position] as number)
  const classWeights = plan.classWeights === 'balanced' ? balancedClassWeights(truths, classes) : undefined
  return { positions, labels, classes, classWeights }
}

import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Notice } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Manifest } from '../../contract/jobs.ts'
import type { Backbone } from '../../models/backbone.ts'
import { freezeBoundary, resolveTrainable } from '../../models/freeze.ts'
import type { Graph } from '../../models/graph.ts'
import { attachHead } from '../../models/heads/build-head.ts'
import { inferShapes } from '../../models/shapes.ts'
import { freezePlanOf } from '../../models/training/modes.ts'
import { checkSettings } from './check-settings.ts'
import type { LabelledImage } from './dataset-version.ts'

/**
 * Everything that can be wrong with a plan before any tensor is made.
 *
 * @param backbone the plan's
 * @throws AppError 'layer-not-found', 'plan-invalid', each listing what is valid
 */
export function checkPlan(plan: TrainPlan, { meta, build }: Backbone, classes: number): void {
  checkSettings(plan)
  const backbone = build(plan.inputSize)
  const classifier = attachHead(backbone, meta.featureLayer, plan.head, Math.max(classes, 2))
  const freezes = [freezePlanOf(plan, backbone), ...plan.phases.map(({ freeze }) => freeze)]
  const trainable = freezes.map((freeze) => resolveTrainable(classifier, freeze))
  if (plan.cutmix > 0) checkCutmix(classifier, plan.phases.length > 0 ? trainable.slice(1) : trainable)
}

/** Cutmix pastes parts of what enters the trained layers. */
function checkCutmix(classifier: Graph, trainable: readonly ReadonlySet<string>[]): void {
  const shapes = inferShapes(classifier)
  const boundary = trainable
    .map((names) => freezeBoundary(classifier, names))
    .find((name) => shapes.get(name)?.length !== 3)
  if (boundary === undefined) return
  throw new AppError(
    'plan-invalid',
    `Cutmix needs layers to train that take a picture or its maps; here '${boundary}' gives them a list of ${shapes.get(boundary)?.[0] ?? 0} numbers. Thaw layers of the backbone, or take mixup.`,
    { setting: 'cutmix', boundary },
  )
}

/**
 * Whether there is enough to learn from, before a split is made.
 *
 * @throws AppError 'too-few-images', 'too-few-classes'
 */
export function checkImages(images: readonly LabelledImage[]): void {
  if (images.length === 0) {
    throw new AppError(
      'too-few-images',
      'Training needs labelled images; the project has none that can be read. Label some images of two classes or more.',
      { images: 0 },
    )
  }
  const classes = [...new Set(images.map((image) => image.class))]
  if (classes.length < 2) {
    throw new AppError(
      'too-few-classes',
      `A classifier needs images of 2 classes or more; all ${images.length} labelled images are of '${classes[0]}'. Label some images of another class.`,
      { classes },
    )
  }
}

/** What a person should know of the data that a run is about to see. */
export interface DataNotice extends Notice {
  code: 'class-without-training-images' | 'no-validation-images'
}

/**
 * Whether the splits leave enough to learn from.
 *
 * @throws AppError 'too-few-images', 'too-few-classes'
 */
export function checkSplits(plan: TrainPlan, { classes, images }: Manifest): DataNotice[] {
  const train = images.filter((image) => image.split === 'train')
  if (train.length === 0) {
    throw new AppError(
      'too-few-images',
      `Training needs images in the train split; none of the ${images.length} labelled images is in it. Make a split first.`,
      { images: images.length },
    )
  }
  const learned = new Set(train.map((image) => image.classIndex))
  if (learned.size < 2) {
    const name = classes[[...learned][0] ?? 0] ?? ''
    throw new AppError(
      'too-few-classes',
      `A classifier needs images of 2 classes or more in the train split; all ${train.length} there are of '${name}'. Make a new split, or label more images.`,
      { classes: [name] },
    )
  }
  const notices: DataNotice[] = classes.flatMap((name, index) =>
    learned.has(index)
      ? []
      : [
          {
            code: 'class-without-training-images',
            message: `The class '${name}' has no image in the train split, so it cannot be learned.`,
            details: { class: name },
          } as const,
        ],
  )
  if (images.some((image) => image.split === 'validation')) return notices
  if (plan.earlyStopping > 0 || plan.schedule === 'plateau') {
    throw new AppError(
      'too-few-images',
      'Early stopping and the plateau schedule follow the validation loss, but no image is in the validation split. Put some there, or choose otherwise.',
      { images: images.length },
    )
  }
  notices.push({
    code: 'no-validation-images',
    message: 'No image is in the validation split, so only the training curves are drawn.',
    details: {},
  })
  return notices
}

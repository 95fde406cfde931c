import type { TrainPlan } from '../../../../contract/train-plan.ts'

/** What pixels are brought to, as a plan has it. */
export type Normalization = NonNullable<TrainPlan['normalization']>

/**
 * Normalisations that go by a name, for pixels from 0 to 1, red first.
 *
 * @see https://pytorch.org/vision/stable/models.html for ImageNet's numbers; CIFAR-10's are those of its training images
 */
export const normalizations = {
  imagenet: { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] },
  cifar10: { mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2023, 0.1994, 0.201] },
  centred: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5] },
  plain: { mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
} as const satisfies Readonly<Record<string, Normalization>>

/** What can be chosen: the backbone's own, one by name, or numbers of one's own. */
export type NormalizationChoice = 'own' | keyof typeof normalizations | 'custom'
export const normalizationChoices = ['own', ...Object.keys(normalizations), 'custom'] as NormalizationChoice[]

/** The name that a plan's normalisation goes by. */
export function choiceOfNormalization(value: Normalization | undefined): NormalizationChoice {
  if (value === undefined) return 'own'
  const numbers = JSON.stringify([value.mean, value.standardDeviation])
  const found = Object.entries(normalizations).find(
    ([, each]) => JSON.stringify([each.mean, each.standardDeviation]) === numbers,
  )
  return (found?.[0] as NormalizationChoice | undefined) ?? 'custom'
}

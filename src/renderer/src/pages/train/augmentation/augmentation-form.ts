import {
  augmentationDefinitions,
  augmentationNames,
  formatAugmentations,
  parseAugmentations,
  type AugmentationName,
  type AugmentationParameter,
  type AugmentationStep,
} from '../../../../../models/training/augmentations.ts'

/** Ready-made augmentations, from none to strong, as a plan writes them. */
export const augmentationPresets = {
  none: '',
  light: 'flip,resized-crop:0.7,brightness:0.1,contrast:0.1',
  strong: 'flip,resized-crop:0.35,randaugment:2:9,erasing:0.25',
} as const
export type AugmentationPreset = keyof typeof augmentationPresets

/** The names of the presets, in their order. */
export const augmentationPresetNames = Object.keys(augmentationPresets) as AugmentationPreset[]

/** The augmentations that a text means; null where it cannot be read. */
export function readAugmentations(text: string): AugmentationStep[] | null {
  try {
    return parseAugmentations(text)
  } catch {
    return null
  }
}

/** The preset that means the same as a text; null where it is of the person's own. */
export function presetOfAugmentations(text: string): AugmentationPreset | null {
  const steps = readAugmentations(text)
  if (steps === null) return null
  const written = formatAugmentations(steps)
  return (
    augmentationPresetNames.find(
      (preset) => formatAugmentations(parseAugmentations(augmentationPresets[preset])) === written,
    ) ?? null
  )
}

/** The numbers of an augmentation by name, in the order of a specification. */
export function parametersOfAugmentation(name: AugmentationName): [string, AugmentationParameter][] {
  return Object.entries(augmentationDefinitions[name])
}

/** The text with an augmentation added, with its usual numbers and before those that usually follow it; or taken out. */
export function withAugmentation(text: string, name: AugmentationName, isOn: boolean): string {
  const steps = (readAugmentations(text) ?? []).filter((step) => step.name !== name)
  if (!isOn) return formatAugmentations(steps)
  const rank = augmentationNames.indexOf(name)
  const at = steps.findIndex((step) => augmentationNames.indexOf(step.name) > rank)
  steps.splice(at < 0 ? steps.length : at, 0, ...parseAugmentations(name))
  return formatAugmentations(steps)
}

/** The text with a number of an augmentation that it has changed, kept within its limits. */
export function withAugmentationValue(
  text: string,
  name: AugmentationName,
  parameter: string,
  value: number,
): string {
  const definition = parametersOfAugmentation(name).find(([each]) => each === parameter)?.[1]
  if (definition === undefined) return text
  const { minimum, maximum, isWhole } = definition
  const kept = Math.min(maximum, Math.max(minimum, isWhole ? Math.round(value) : value))
  const steps = (readAugmentations(text) ?? []).map((step) =>
    step.name === name ? ({ name, values: { ...step.values, [parameter]: kept } } as AugmentationStep) : step,
  )
  return formatAugmentations(steps)
}

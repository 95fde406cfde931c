import { describe, expect, test } from 'vitest'
import {
  augmentationNames,
  formatAugmentations,
  parseAugmentations,
} from '../../../../../src/models/training/augmentations.ts'
import { en } from '../../../../../src/renderer/src/locales/en.ts'
import {
  augmentationPresetNames,
  augmentationPresets,
  parametersOfAugmentation,
  presetOfAugmentations,
  readAugmentations,
  withAugmentation,
  withAugmentationValue,
} from '../../../../../src/renderer/src/pages/train/augmentation/augmentation-form.ts'

describe('augmentations of the form', () => {
  test('have presets that can be read, each known again', () => {
    for (const preset of augmentationPresetNames) {
      expect(presetOfAugmentations(augmentationPresets[preset])).toBe(preset)
      const written = formatAugmentations(parseAugmentations(augmentationPresets[preset]))
      expect(presetOfAugmentations(written)).toBe(preset)
    }
    expect(presetOfAugmentations('none')).toBe('none')
    expect(presetOfAugmentations('flip:0.4')).toBeNull()
  })

  test('are added with their usual numbers, before those that usually follow', () => {
    expect(withAugmentation('', 'crop', true)).toBe('crop:4')
    expect(withAugmentation('flip,randaugment', 'rotate', true)).toBe('flip:0.5,rotate:15,randaugment:2:9')
  })

  test('keep the order they came in when another is added or taken out', () => {
    const text = withAugmentation('erasing,flip', 'blur', true)
    expect(parseAugmentations(text).map(({ name }) => name)).toEqual(['blur', 'erasing', 'flip'])
    expect(withAugmentation(text, 'erasing', false)).toBe('blur:1.5,flip:0.5')
    expect(withAugmentation('flip', 'flip', false)).toBe('')
  })

  test('keep a number within its limits, whole where it must be', () => {
    expect(withAugmentationValue('flip,crop:4', 'flip', 'probability', 0.25)).toBe('flip:0.25,crop:4')
    expect(withAugmentationValue('flip', 'flip', 'probability', 7)).toBe('flip:1')
    expect(withAugmentationValue('crop', 'crop', 'padding', 0)).toBe('crop:1')
    expect(withAugmentationValue('crop', 'crop', 'padding', 12.6)).toBe('crop:13')
    expect(withAugmentationValue('crop', 'crop', 'other', 2)).toBe('crop')
  })

  test('that cannot be read are told from none', () => {
    expect(readAugmentations('swirl')).toBeNull()
    expect(readAugmentations('')).toEqual([])
    expect(presetOfAugmentations('swirl')).toBeNull()
  })

  test('have a name, a sentence and named numbers in the interface', () => {
    const { names, texts, parameters } = en.augmentations
    expect(Object.keys(names)).toEqual(augmentationNames)
    expect(Object.keys(texts)).toEqual(augmentationNames)
    for (const name of augmentationNames) {
      expect(Object.keys(parameters[name])).toEqual(parametersOfAugmentation(name).map(([each]) => each))
    }
  })
})

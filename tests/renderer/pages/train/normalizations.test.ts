import { describe, expect, test } from 'vitest'
import { findRecipe } from '../../../../src/models/training/recipes/index.ts'
import {
  choiceOfNormalization,
  normalizationChoices,
  normalizations,
} from '../../../../src/renderer/src/pages/train/normalizations.ts'

describe('normalisations', () => {
  test('are known again by their numbers', () => {
    expect(choiceOfNormalization(undefined)).toBe('own')
    const other = { mean: [0.1, 0.2, 0.3], standardDeviation: [1, 1, 1] } as const
    expect(
      choiceOfNormalization({ mean: [...other.mean], standardDeviation: [...other.standardDeviation] }),
    ).toBe('custom')
    for (const [name, { mean, standardDeviation }] of Object.entries(normalizations)) {
      expect(choiceOfNormalization({ mean: [...mean], standardDeviation: [...standardDeviation] })).toBe(name)
    }
    expect(normalizationChoices.at(0)).toBe('own')
    expect(normalizationChoices.at(-1)).toBe('custom')
  })

  test("of CIFAR-10 are the recipe's", () => {
    expect(choiceOfNormalization(findRecipe('resnet18-cifar10').plan.normalization)).toBe('cifar10')
  })
})

import { describe, expect, it } from 'vitest'
import {
  augmentationDefinitions,
  augmentationNames,
  formatAugmentations,
  parseAugmentations,
} from '../../src/models/training/augmentations.ts'

const refused = (specification: string): unknown => {
  try {
    parseAugmentations(specification)
  } catch (error) {
    return error
  }
  return null
}

describe('a specification of augmentations', () => {
  it.each(['', '  ', 'none'])('is none where it is "%s"', (specification) => {
    expect(parseAugmentations(specification)).toEqual([])
  })

  it('has names in order, each with its numbers or the defaults', () => {
    expect(parseAugmentations('flip, crop:8 ,randaugment:3:12.5')).toEqual([
      { name: 'flip', values: { probability: 0.5 } },
      { name: 'crop', values: { padding: 8 } },
      { name: 'randaugment', values: { operations: 3, magnitude: 12.5 } },
    ])
    expect(parseAugmentations('randaugment:1')).toEqual([
      { name: 'randaugment', values: { operations: 1, magnitude: 9 } },
    ])
  })

  it('is written out in one way, which is read back as it was', () => {
    const steps = parseAugmentations('rotate,flip:1,randaugment')
    expect(formatAugmentations(steps)).toBe('rotate:15,flip:1,randaugment:2:9')
    expect(parseAugmentations(formatAugmentations(steps))).toEqual(steps)
    expect(formatAugmentations(parseAugmentations(' flip:0.50'))).toBe(
      formatAugmentations(parseAugmentations('flip')),
    )
  })

  it.each([
    ['flop', "'flop' is no augmentation"],
    ['flip,,crop', "'' is no augmentation"],
    ['constructor', "'constructor' is no augmentation"],
    ['flip:0.5:3', 'takes at most 1'],
    ['flip:1.5', 'probability of flip should be a number from 0 to 1'],
    ['flip:', "it is ''"],
    ['flip:NaN', "it is 'NaN'"],
    ['crop:2.5', 'padding of crop should be a whole number from 1 to 512'],
    ['hue:0.6', 'from 0 to 0.5'],
    ['randaugment:2:31', 'from 0 to 30'],
    ['flip,crop,flip:1', "'flip' is there twice"],
  ])('is refused where it is "%s", with all that is valid', (specification, reason) => {
    const error = refused(specification)
    expect(error).toMatchObject({ code: 'plan-invalid', message: expect.stringContaining(reason) })
    for (const name of augmentationNames) {
      expect(error).toMatchObject({ message: expect.stringContaining(name) })
    }
  })

  it('has a default within its limits for every number', () => {
    for (const name of augmentationNames) {
      for (const { default: value, minimum, maximum } of Object.values(augmentationDefinitions[name])) {
        expect(value).toBeGreaterThanOrEqual(minimum)
        expect(value).toBeLessThanOrEqual(maximum)
      }
    }
    expect(parseAugmentations(augmentationNames.join())).toHaveLength(13)
  })
})

import { describe, expect, test } from 'vitest'
import { filterIsOfState, labelDeltas, passesState } from '../../../src/renderer/src/stores/image-list.ts'

describe('passesState', () => {
  test('takes any of the classes, and null for none', () => {
    expect(passesState({ classIds: [1, 2] }, { classIds: [2, 5] })).toBe(true)
    expect(passesState({ classIds: [1, 2] }, { classIds: [] })).toBe(false)
    expect(passesState({ classIds: [null, 2] }, { classIds: [] })).toBe(true)
  })

  test('asks for every part', () => {
    const filter = { splits: [null, 'train' as const], unsure: true, noted: false }
    expect(passesState(filter, { split: null, unsure: true, note: null })).toBe(true)
    expect(passesState(filter, { split: 'test', unsure: true, note: null })).toBe(false)
    expect(passesState(filter, { split: null, unsure: false, note: null })).toBe(false)
    expect(passesState(filter, { split: null, unsure: true, note: 'blurred' })).toBe(false)
  })

  test('says nothing against what it is not told of', () => {
    expect(passesState({ classIds: [1], splits: ['train'] }, { flagged: true })).toBe(true)
    expect(passesState({ flagged: true }, { classIds: [] })).toBe(true)
  })
})

test('a filter of paths alone does not depend on the state of images', () => {
  expect(filterIsOfState({ text: 'cat' })).toBe(false)
  expect(filterIsOfState({ text: 'cat', flagged: false })).toBe(true)
})

describe('labelDeltas', () => {
  test('moves images from what they were to the class', () => {
    const images = [{ classIds: [] }, { classIds: [1] }, { classIds: [1, 3] }, { classIds: [2] }]
    expect(labelDeltas(images, 2)).toEqual(
      new Map<number | null, number>([
        [null, -1],
        [1, -2],
        [3, -1],
        [2, 3],
      ]),
    )
  })

  test('moves them out of every class for none', () => {
    const deltas = labelDeltas([{ classIds: [1] }, { classIds: [] }], null)
    expect(deltas).toEqual(
      new Map<number | null, number>([
        [1, -1],
        [null, 1],
      ]),
    )
  })
})

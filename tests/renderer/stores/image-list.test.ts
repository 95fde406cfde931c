import { describe, expect, test } from 'vitest'
import {
  filterIsOfState,
  labelDeltas,
  listIsOfHead,
  passesState,
  withoutImages,
} from '../../../src/renderer/src/stores/image-list.ts'

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

test('images leave a list, and groups that have none left leave with them', () => {
  const groups = [
    { value: 'a', count: 2 },
    { value: null, count: 1 },
    { value: 3, count: 2 },
  ]
  expect(withoutImages([9, 8, 7, 6, 5], groups, new Set([7, 5]))).toEqual({
    ids: [9, 8, 6],
    groups: [
      { value: 'a', count: 2 },
      { value: 3, count: 1 },
    ],
  })
  expect(withoutImages([9, 8], [], new Set([9]))).toEqual({ ids: [8], groups: [] })
})

test('a list goes by the newest head where it asks for predictions and names no run', () => {
  const byPath = { by: 'path' as const, descending: false }
  expect(listIsOfHead({ correct: false }, byPath, 'none')).toBe(true)
  expect(listIsOfHead({}, byPath, 'predicted')).toBe(true)
  expect(listIsOfHead({}, { ...byPath, by: 'margin' }, 'none')).toBe(true)
  expect(listIsOfHead({ run: 'r1', correct: false }, byPath, 'predicted')).toBe(false)
  expect(listIsOfHead({ classIds: [1] }, byPath, 'class')).toBe(false)
})

import { expect, test } from 'vitest'
import { nextImage } from '../../../../src/renderer/src/pages/images/next-image.ts'

const ids = [10, 20, 30, 40]
const among =
  (...wanted: number[]) =>
  (id: number) =>
    wanted.includes(id)

test('the next one is after this one, else from the beginning', () => {
  expect(nextImage(ids, 1, among(10, 40))).toBe(3)
  expect(nextImage(ids, 3, among(10, 40))).toBe(0)
})

test('is not this one itself, and may be none', () => {
  expect(nextImage(ids, 1, among(20))).toBe(-1)
  expect(nextImage(ids, 1, among())).toBe(-1)
  expect(nextImage([], 0, among(10))).toBe(-1)
})

test('is the first one before the list is entered', () => {
  expect(nextImage(ids, -1, among(10, 20, 40))).toBe(0)
  expect(nextImage(ids, -1, among(40))).toBe(3)
})

import { expect, test } from 'vitest'
import { imbalanceOf, moved } from '../../../../src/renderer/src/pages/images/class-order.ts'

test('moved puts one at another place', () => {
  expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
  expect(moved(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c'])
  expect(moved(['a', 'b'], 0, 9)).toEqual(['b', 'a'])
  expect(moved(['a', 'b'], 5, 0)).toEqual(['a', 'b'])
})

test('imbalance is of classes that have images', () => {
  expect(imbalanceOf([100, 20, 0])).toBe(5)
  expect(imbalanceOf([7, 0])).toBe(1)
  expect(imbalanceOf([])).toBe(1)
})

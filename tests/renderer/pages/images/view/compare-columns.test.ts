import { expect, test } from 'vitest'
import { compareColumns } from '../../../../../src/renderer/src/pages/images/view/compare-columns.ts'

test('panes are as square as their number allows', () => {
  expect([2, 3, 4, 6, 9].map((count) => compareColumns(count, 4 / 3))).toEqual([2, 2, 2, 3, 3])
  expect([2, 3, 4].map((count) => compareColumns(count, 3))).toEqual([2, 3, 4])
  expect(compareColumns(2, 0.5)).toBe(1)
})

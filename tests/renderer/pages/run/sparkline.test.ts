import { expect, it } from 'vitest'
import { sparkline } from '../../../../src/renderer/src/pages/run/sparkline.ts'

it('a sparkline goes from left to right with 1 at the top, and of many points keeps a hundred and the last', () => {
  expect(sparkline([0, 0.5, 1], 100, 20)).toBe('M0,20L50,10L100,0')
  expect(sparkline([0.25], 100, 20)).toBe('M0,15L100,15')
  expect(sparkline([], 100, 20)).toBe('')
  const many = sparkline([...Array.from({ length: 5000 }, () => 0.5), 1], 100, 20)
  expect(many.split('L').length).toBeLessThanOrEqual(101)
  expect(many.endsWith('L100,0')).toBe(true)
})

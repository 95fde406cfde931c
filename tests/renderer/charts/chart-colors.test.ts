import { expect, it, vi } from 'vitest'
import { createColors } from '../../../src/renderer/src/charts/chart-colors.ts'

it('each colour is resolved once for each opacity', () => {
  const resolve = vi.fn((color: string, alpha = 1) => `${color} ${alpha}`)
  const colorOf = createColors(resolve)
  expect(['red', 'red', 'blue'].map((color) => colorOf(color))).toEqual(['red 1', 'red 1', 'blue 1'])
  expect([colorOf('red', 0.5), colorOf('red', 1)]).toEqual(['red 0.5', 'red 1'])
  expect(resolve).toHaveBeenCalledTimes(3)
})

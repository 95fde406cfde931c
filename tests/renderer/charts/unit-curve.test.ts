import { expect, test } from 'vitest'
import { heightAt } from '../../../src/renderer/src/charts/unit-curve.ts'

test('a curve has a height between its ends: linear, and the upper one at a step', () => {
  const curve = { x: [0, 0, 0.5, 0.5, 1], y: [0, 0.4, 0.6, 0.8, 1] }
  expect(heightAt(curve, 0)).toBe(0.4)
  expect(heightAt(curve, 0.25)).toBeCloseTo(0.5, 12)
  expect(heightAt(curve, 0.5)).toBe(0.8)
  expect(heightAt(curve, 1)).toBe(1)
  expect(heightAt({ x: [0.2, 1], y: [1, 0] }, 0.1)).toBeNull()
  expect(heightAt({ x: [], y: [] }, 0.5)).toBeNull()
})

import { expect, test } from 'vitest'
import {
  fittedView,
  insidePolygon,
  isInside,
  nearestPoint,
  panned,
  zoomed,
} from '../../../../src/renderer/src/pages/map/map-geometry.ts'

const square = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
]

test('a point is inside a lasso or not, whatever its shape', () => {
  expect(isInside({ x: 5, y: 5 }, square)).toBe(true)
  expect(isInside({ x: 15, y: 5 }, square)).toBe(false)
  const notched = [...square.slice(0, 2), { x: 5, y: 8 }, ...square.slice(2)]
  expect(isInside({ x: 9, y: 5 }, notched)).toBe(false)
  expect(isInside({ x: 2, y: 5 }, notched)).toBe(true)
})

test('the whole map fits in the middle, and points are found where they are drawn', () => {
  const view = fittedView(500, 300)
  expect(view.scale).toBe(252)
  const [x, y] = [
    [0, 0.5, 1],
    [0, 0.5, 1],
  ]
  expect(nearestPoint(x, y, view, { x: 250, y: 150 }, 5)).toBe(1)
  expect(nearestPoint(x, y, view, { x: 250, y: 170 }, 5)).toBe(-1)
  const aroundLast = [
    { x: 300, y: 200 },
    { x: 450, y: 200 },
    { x: 450, y: 299 },
    { x: 300, y: 299 },
  ]
  expect(insidePolygon(x, y, view, aroundLast)).toEqual([2])
})

test('what is under the pointer stays there while zooming, within bounds', () => {
  const fitted = fittedView(400, 400)
  const at = { x: 100, y: 250 }
  const closer = zoomed(fitted, at, 3, fitted)
  expect(at.x / closer.scale + closer.left).toBeCloseTo(at.x / fitted.scale + fitted.left, 9)
  expect(at.y / closer.scale + closer.top).toBeCloseTo(at.y / fitted.scale + fitted.top, 9)
  expect(zoomed(fitted, at, 1e9, fitted).scale).toBe(fitted.scale * 60)
  expect(zoomed(fitted, at, 1e-9, fitted).scale).toBe(fitted.scale / 2)
  const moved = panned(fitted, fitted.scale, 0)
  expect(moved.left).toBeCloseTo(fitted.left - 1, 9)
})

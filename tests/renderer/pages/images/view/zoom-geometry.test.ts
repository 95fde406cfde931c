import { describe, expect, test } from 'vitest'
import {
  actualFactor,
  clampZoom,
  fitScale,
  fitted,
  panBy,
  pictureRect,
  toggleZoom,
  zoomAt,
} from '../../../../../src/renderer/src/pages/images/view/zoom-geometry.ts'

const pane = { width: 800, height: 600 }
const wide = { width: 4000, height: 1000 }
const small = { width: 96, height: 96 }

/** Which part of the picture is under a point, 0 to 1. */
function under(zoom: typeof fitted, picture: typeof wide, x: number, y: number) {
  const rect = pictureRect(zoom, pane, picture)
  return { x: (x - rect.left) / rect.width, y: (y - rect.top) / rect.height }
}

describe('a fitted picture', () => {
  test('is whole, and in the middle', () => {
    expect(fitScale(pane, wide)).toBe(0.2)
    expect(pictureRect(fitted, pane, wide)).toEqual({ left: 0, top: 200, width: 800, height: 200 })
  })

  test('is larger than its pixels where it is small', () => {
    expect(pictureRect(fitted, pane, small)).toEqual({ left: 100, top: 0, width: 600, height: 600 })
  })
})

describe('zoomAt', () => {
  test('keeps what is under the pointer where it is', () => {
    const once = zoomAt(fitted, 8, { x: 400, y: 300 }, pane, wide, 1)
    const before = under(once, wide, 500, 350)
    const twice = zoomAt(once, 1.5, { x: 500, y: 350 }, pane, wide, 1)
    const after = under(twice, wide, 500, 350)
    expect(after.x).toBeCloseTo(before.x)
    expect(after.y).toBeCloseTo(before.y)
    expect(twice.factor).toBeCloseTo(12)
  })

  test('ends at pixels of 24, and at the whole picture', () => {
    expect(zoomAt(fitted, 1e6, { x: 400, y: 300 }, pane, wide, 1).factor).toBeCloseTo(24 / 0.2)
    expect(zoomAt(fitted, 1e-6, { x: 400, y: 300 }, pane, wide, 1)).toEqual(fitted)
  })

  test('goes below the whole picture down to its own pixels where these are smaller', () => {
    const { factor } = zoomAt(fitted, 1e-6, { x: 400, y: 300 }, pane, small, 1)
    expect(factor).toBeCloseTo(actualFactor(pane, small, 1))
    expect(pictureRect({ ...fitted, factor }, pane, small)).toMatchObject({ width: 96, height: 96 })
  })
})

describe('panBy', () => {
  test('moves the picture by what was dragged', () => {
    const zoom = zoomAt(fitted, 8, { x: 400, y: 300 }, pane, wide, 1)
    const before = pictureRect(zoom, pane, wide)
    const after = pictureRect(panBy(zoom, -120, 40, pane, wide, 1), pane, wide)
    expect(after.left - before.left).toBeCloseTo(-120)
    expect(after.top - before.top).toBeCloseTo(40)
  })

  test('stops at the edges', () => {
    const zoom = zoomAt(fitted, 8, { x: 400, y: 300 }, pane, wide, 1)
    expect(pictureRect(panBy(zoom, 1e6, 1e6, pane, wide, 1), pane, wide)).toMatchObject({ left: 0, top: 0 })
    const rect = pictureRect(panBy(zoom, -1e6, -1e6, pane, wide, 1), pane, wide)
    expect(rect.left + rect.width).toBeCloseTo(800)
  })

  test('does not move what is all in view', () => {
    expect(panBy(fitted, 50, 50, pane, wide, 1)).toEqual(fitted)
  })
})

describe('its own pixels', () => {
  test('are those of the screen, also of a fine one', () => {
    const factor = actualFactor(pane, wide, 2)
    expect(pictureRect({ ...fitted, factor }, pane, wide).width).toBe(wide.width / 2)
  })

  test('come and go by a double click', () => {
    const close = toggleZoom(fitted, { x: 400, y: 300 }, pane, wide, 1)
    expect(close.factor).toBeCloseTo(actualFactor(pane, wide, 1))
    expect(toggleZoom(close, { x: 10, y: 10 }, pane, wide, 1)).toEqual(fitted)
  })

  test('are doubled where fitted looks the same', () => {
    expect(toggleZoom(fitted, { x: 400, y: 300 }, pane, { width: 800, height: 600 }, 1).factor).toBeCloseTo(2)
  })
})

test('one zoom shows the same part of pictures of different sizes', () => {
  const zoom = { factor: 3, x: 0.4, y: 0.6 }
  const other = { width: 400, height: 300 }
  expect(clampZoom(zoom, { width: 200, height: 150 }, other, 1)).toEqual(zoom)
  expect(under(zoom, other, 400, 300).x).toBeCloseTo(0.4)
})

import { describe, expect, test } from 'vitest'
import {
  cellAt,
  fitView,
  moveView,
  showCell,
  zoomView,
} from '../../../src/renderer/src/charts/matrix-view.ts'

const room = { width: 600, height: 400 }

describe('the view of a matrix', () => {
  test('shows all of it at first, no larger than can be read', () => {
    expect(fitView(room, 200)).toEqual({ cell: 2, x: 0, y: 0 })
    expect(fitView(room, 3).cell).toBe(40)
  })

  test('keeps what is under the pointer while it zooms, and ends at both limits', () => {
    const at = { x: 300, y: 200 }
    const before = cellAt(fitView(room, 200), at, 200)
    const zoomed = zoomView(fitView(room, 200), 5, at, room, 200)
    expect(zoomed.cell).toBe(10)
    expect(cellAt(zoomed, at, 200)).toEqual(before)
    expect(zoomView(zoomed, 100, at, room, 200).cell).toBe(40)
    expect(zoomView(zoomed, 0.01, at, room, 200)).toEqual(fitView(room, 200))
  })

  test('moves to the edges and no further', () => {
    const view = { cell: 10, x: 0, y: 0 }
    expect(moveView(view, { x: -50, y: 5000 }, room, 200)).toEqual({ cell: 10, x: 0, y: 1600 })
  })

  test('brings a cell into sight by as little as it can', () => {
    const view = { cell: 10, x: 0, y: 0 }
    expect(showCell(view, { truth: 5, predicted: 5 }, room, 200)).toEqual(view)
    expect(showCell(view, { truth: 45, predicted: 70 }, room, 200)).toEqual({ cell: 10, x: 110, y: 60 })
  })

  test('has no cell outside', () => {
    expect(cellAt({ cell: 2, x: 0, y: 0 }, { x: 401, y: 3 }, 200)).toBeNull()
    expect(cellAt({ cell: 2, x: 0, y: 0 }, { x: -1, y: 3 }, 200)).toBeNull()
    expect(cellAt({ cell: 2, x: 20, y: 0 }, { x: 1, y: 3 }, 200)).toEqual({ truth: 1, predicted: 10 })
  })
})

import { describe, expect, test } from 'vitest'
import {
  captionHeight,
  gridGap,
  gridGeometry,
  gridPadding,
  indexAfterKey,
  indexesInBox,
} from '../../../../src/renderer/src/pages/images/grid-geometry.ts'

describe('gridGeometry', () => {
  test('fills the width with as many columns as fit', () => {
    const geometry = gridGeometry(1032, 100, 95)
    expect(geometry.columns).toBe(9)
    expect(geometry.rows).toBe(11)
    expect(geometry.columns * geometry.cellWidth - gridGap).toBeCloseTo(1032 - 2 * gridPadding)
    expect(geometry.rowHeight).toBe(Math.round(geometry.cellWidth - gridGap) + captionHeight + gridGap)
  })

  test('has one column where not even one fits', () => {
    expect(gridGeometry(0, 100, 3)).toMatchObject({ columns: 1, rows: 3 })
    expect(gridGeometry(60, 100, 0).rows).toBe(0)
  })
})

describe('indexesInBox', () => {
  const geometry = { columns: 4, rows: 3, cellWidth: 100, rowHeight: 120 }

  test('takes each cell that is touched', () => {
    const box = {
      left: gridPadding + 150,
      right: gridPadding + 250,
      top: gridPadding + 100,
      bottom: gridPadding + 130,
    }
    expect(indexesInBox(geometry, 10, box)).toEqual([1, 2, 5, 6])
  })

  test('ends with the last image', () => {
    const all = { left: 0, right: 9999, top: 0, bottom: 9999 }
    expect(indexesInBox(geometry, 10, all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('indexAfterKey', () => {
  const geometry = { columns: 4, rows: 3, cellWidth: 100, rowHeight: 120 }
  const after = (key: string, index: number) => indexAfterKey(key, index, geometry, 10, 2)

  test('moves in rows and columns', () => {
    expect(after('ArrowRight', 3)).toBe(4)
    expect(after('ArrowDown', 1)).toBe(5)
    expect(after('ArrowUp', 5)).toBe(1)
    expect(after('Home', 7)).toBe(0)
    expect(after('End', 1)).toBe(9)
  })

  test('stays inside', () => {
    expect(after('ArrowLeft', 0)).toBe(0)
    expect(after('ArrowUp', 2)).toBe(2)
    expect(after('ArrowDown', 7)).toBe(9)
    expect(after('PageDown', 9)).toBe(9)
    expect(after('q', 3)).toBeNull()
  })
})

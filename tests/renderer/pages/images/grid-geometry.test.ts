import { describe, expect, test } from 'vitest'
import {
  captionHeight,
  gridGap,
  gridGeometry,
  gridPadding,
  groupHeaderHeight,
  imageRow,
  indexAfterKey,
  indexesInBox,
  rowOf,
  sectionAt,
  sectionOf,
  visibleParts,
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

/** Cells of 100 by 120 in four columns. @param groups none: ten images in no group */
function fourColumns(groups: readonly number[] = [], collapsed: readonly number[] = []) {
  const sizePx = 92
  const widthPx = 4 * 100 - gridGap + 2 * gridPadding
  const count = groups.reduce((sum, images) => sum + images, 0) || 10
  return gridGeometry(
    widthPx,
    sizePx,
    count,
    groups.map((images) => ({ count: images })),
    (group) => collapsed.includes(group),
  )
}
const rowHeight = 92 + captionHeight + gridGap

describe('sections', () => {
  test('lie below each other, each under its header, the collapsed without rows', () => {
    const geometry = fourColumns([5, 3, 4], [1])
    expect(geometry.sections).toMatchObject([
      { group: 0, firstIndex: 0, rows: 2, top: gridPadding },
      { group: 1, firstIndex: 5, rows: 0, top: gridPadding + groupHeaderHeight + 2 * rowHeight },
      { group: 2, firstIndex: 8, rows: 1, top: gridPadding + 2 * groupHeaderHeight + 2 * rowHeight },
    ])
    expect(geometry.height).toBe(2 * gridPadding + 3 * groupHeaderHeight + 3 * rowHeight)
    expect([0, 4, 5, 8].map((index) => rowOf(geometry, index))).toEqual([0, 1, null, 2])
    expect(imageRow(geometry, 1)).toMatchObject({ firstIndex: 4, endIndex: 5, line: 2 })
    expect(imageRow(geometry, 2)).toMatchObject({ firstIndex: 8, endIndex: 12, line: 5 })
    expect(sectionAt(geometry, 0).group).toBe(0)
    expect(sectionAt(geometry, geometry.height).group).toBe(2)
    expect(sectionOf(geometry, 7).group).toBe(1)
  })

  test('are shown as far as they are in view', () => {
    const geometry = fourColumns([100, 3, 4, 100])
    const second = geometry.sections[1]?.top ?? 0
    const { headers, rows } = visibleParts(geometry, second + 1, second + rowHeight, 0)
    expect(headers.map(({ group }) => group)).toEqual([1])
    expect(rows.map(({ firstIndex }) => firstIndex)).toEqual([100])
    const around = visibleParts(geometry, second + 1, second + rowHeight, 1)
    expect(around.rows.map(({ firstIndex }) => firstIndex)).toEqual([96, 100, 103])
    // Of ten thousand groups that are collapsed only those in view.
    const all = Array.from({ length: 10_000 }, (_, group) => group)
    const many = fourColumns(
      Array.from(all, () => 3),
      all,
    )
    expect(visibleParts(many, 4000, 4400, 0).headers.map(({ group }) => group)).toEqual(
      Array.from({ length: 11 }, (_, index) => 99 + index),
    )
  })
})

describe('indexesInBox', () => {
  test('takes each cell that is touched', () => {
    const box = {
      left: gridPadding + 150,
      right: gridPadding + 250,
      top: gridPadding + 100,
      bottom: gridPadding + 130,
    }
    expect(indexesInBox(fourColumns(), box)).toEqual([1, 2, 5, 6])
  })

  test('ends with the last image, of each section and of all', () => {
    const all = { left: 0, right: 9999, top: 0, bottom: 9999 }
    expect(indexesInBox(fourColumns(), all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(indexesInBox(fourColumns([2, 3, 1], [1]), all)).toEqual([0, 1, 5])
  })
})

describe('indexAfterKey', () => {
  const geometry = fourColumns()
  const after = (key: string, index: number) => indexAfterKey(key, index, geometry, 2)

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

  test('goes from group to group, past what is collapsed', () => {
    // 0 1 2 3 / 4, (5 6 7), 8 9 / none below
    const grouped = fourColumns([5, 3, 2], [1])
    const next = (key: string, index: number) => indexAfterKey(key, index, grouped, 2)
    expect(next('ArrowDown', 3)).toBe(4)
    expect(next('ArrowDown', 4)).toBe(8)
    expect(next('ArrowRight', 4)).toBe(8)
    expect(next('ArrowLeft', 8)).toBe(4)
    expect(next('ArrowUp', 9)).toBe(4)
    // The group was collapsed around it.
    expect(next('ArrowRight', 6)).toBe(8)
    expect(next('ArrowUp', 6)).toBe(4)
    expect(indexAfterKey('ArrowDown', 0, fourColumns([5], [0]), 2)).toBeNull()
  })
})

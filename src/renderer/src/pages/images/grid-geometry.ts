/** Cells of one size in rows; CSS pixels throughout. */
export interface GridGeometry {
  columns: number
  rows: number
  /** Width of a cell with its gap. */
  cellWidth: number
  /** Height of a row with its gap. */
  rowHeight: number
}

export const gridGap = 8
export const gridPadding = 16
/** Room for the class name below a thumbnail. */
export const captionHeight = 24

/** @param sizePx wanted edge of a thumbnail; cells grow to fill the width. */
export function gridGeometry(widthPx: number, sizePx: number, count: number): GridGeometry {
  const inner = Math.max(0, widthPx - 2 * gridPadding)
  const columns = Math.max(1, Math.floor((inner + gridGap) / (sizePx + gridGap)))
  const cellWidth = (inner + gridGap) / columns
  return {
    columns,
    rows: Math.ceil(count / columns),
    cellWidth,
    rowHeight: Math.round(cellWidth - gridGap) + captionHeight + gridGap,
  }
}

/** A rectangle in the coordinates of the scrolled content. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** Indexes of the cells that a box touches, in order. */
export function indexesInBox(geometry: GridGeometry, count: number, box: Box): number[] {
  const { columns, cellWidth, rowHeight } = geometry
  // A cell ends before its gap, so a box that starts in a gap starts with the next cell.
  const firstRow = Math.max(0, Math.floor((box.top - gridPadding + gridGap) / rowHeight))
  const lastRow = Math.min(geometry.rows - 1, Math.floor((box.bottom - gridPadding) / rowHeight))
  const firstColumn = Math.max(0, Math.floor((box.left - gridPadding + gridGap) / cellWidth))
  const lastColumn = Math.min(columns - 1, Math.floor((box.right - gridPadding) / cellWidth))
  const indexes: number[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const index = row * columns + column
      if (index < count) indexes.push(index)
    }
  }
  return indexes
}

/** Where a key of movement leads from `index`; null where the key does not move. */
export function indexAfterKey(
  key: string,
  index: number,
  geometry: GridGeometry,
  count: number,
  rowsInView: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -geometry.columns,
    ArrowDown: geometry.columns,
    PageUp: -geometry.columns * Math.max(1, rowsInView - 1),
    PageDown: geometry.columns * Math.max(1, rowsInView - 1),
  }
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = steps[key]
  if (step === undefined) return null
  const next = index + step
  // Up from the first row and down from the last one stay; into a last row that is not full, its last cell.
  if (next < 0) return Math.abs(step) === 1 ? 0 : index % geometry.columns
  if (next >= count) return count - 1
  return next
}

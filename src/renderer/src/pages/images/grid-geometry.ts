/** A part of the list under a header of its own. */
export interface GridSection {
  /** Its place among the groups; -1: the list is not grouped, and there is no header. */
  group: number
  firstIndex: number
  /** Images, shown or not. */
  count: number
  /** Rows of images that are shown before it, and its own; none where it is collapsed. */
  firstRow: number
  rows: number
  /** From the top of the scrolled content. */
  top: number
}

/** Cells of one size in rows, in sections; CSS pixels throughout. */
export interface GridGeometry {
  columns: number
  /** Of all sections. */
  rows: number
  /** Width of a cell with its gap. */
  cellWidth: number
  /** Height of a row with its gap. */
  rowHeight: number
  /** Of a section's header; 0: there are none. */
  headerHeight: number
  sections: readonly GridSection[]
  /** Of the scrolled content. */
  height: number
}

export const gridGap = 8
export const gridPadding = 16
/** Room for the class name below a thumbnail. */
export const captionHeight = 24
export const groupHeaderHeight = 40

/**
 * @param sizePx wanted edge of a thumbnail; cells grow to fill the width
 * @param groups with how many images each; none: one section without a header
 */
export function gridGeometry(
  widthPx: number,
  sizePx: number,
  count: number,
  groups: readonly { count: number }[] = [],
  isCollapsed: (group: number) => boolean = () => false,
): GridGeometry {
  const inner = Math.max(0, widthPx - 2 * gridPadding)
  const columns = Math.max(1, Math.floor((inner + gridGap) / (sizePx + gridGap)))
  const cellWidth = (inner + gridGap) / columns
  const rowHeight = Math.round(cellWidth - gridGap) + captionHeight + gridGap
  const headerHeight = groups.length > 0 ? groupHeaderHeight : 0
  const sections: GridSection[] = []
  let [firstIndex, firstRow, top] = [0, 0, gridPadding]
  const parts = groups.length > 0 ? groups : [{ count }]
  parts.forEach((part, place) => {
    const group = groups.length > 0 ? place : -1
    const rows = group >= 0 && isCollapsed(group) ? 0 : Math.ceil(part.count / columns)
    sections.push({ group, firstIndex, count: part.count, firstRow, rows, top })
    firstIndex += part.count
    firstRow += rows
    top += headerHeight + rows * rowHeight
  })
  return { columns, rows: firstRow, cellWidth, rowHeight, headerHeight, sections, height: top + gridPadding }
}

/** The last section whose `of` is not above a value, which ascends with sections. */
function lastSection(
  geometry: GridGeometry,
  value: number,
  of: (section: GridSection) => number,
): GridSection {
  const { sections } = geometry
  let [low, high] = [0, sections.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (of(sections[middle] as GridSection) <= value) low = middle
    else high = middle - 1
  }
  return sections[low] as GridSection
}

export function sectionAt(geometry: GridGeometry, top: number): GridSection {
  return lastSection(geometry, top, (section) => section.top)
}

export function sectionOf(geometry: GridGeometry, index: number): GridSection {
  return lastSection(geometry, index, ({ firstIndex }) => firstIndex)
}

/** The row that an index is in, among all that are shown; null: its section is collapsed. */
export function rowOf(geometry: GridGeometry, index: number): number | null {
  const section = sectionOf(geometry, index)
  if (section.rows === 0) return null
  return section.firstRow + Math.floor((index - section.firstIndex) / geometry.columns)
}

/** A row of cells. */
export interface ImageRow {
  row: number
  /** Its place among headers and rows. */
  line: number
  firstIndex: number
  /** The index after its last. */
  endIndex: number
  top: number
}

/** A row by its place among all that are shown. */
export function imageRow(geometry: GridGeometry, row: number): ImageRow {
  // Of several sections that begin with it all but the last are collapsed.
  return rowIn(
    geometry,
    lastSection(geometry, row, ({ firstRow }) => firstRow),
    row,
  )
}

function rowIn(geometry: GridGeometry, section: GridSection, row: number): ImageRow {
  const { columns, rowHeight, headerHeight } = geometry
  const within = row - section.firstRow
  const firstIndex = section.firstIndex + within * columns
  return {
    row,
    line: row + (headerHeight > 0 ? section.group + 1 : 0),
    firstIndex,
    endIndex: Math.min(firstIndex + columns, section.firstIndex + section.count),
    top: section.top + headerHeight + within * rowHeight,
  }
}

/** What lies between two heights of the scrolled content, and some rows around. */
export function visibleParts(
  geometry: GridGeometry,
  fromPx: number,
  toPx: number,
  overscan: number,
): { headers: GridSection[]; rows: ImageRow[] } {
  const { rowHeight, headerHeight, sections } = geometry
  const headers: GridSection[] = []
  const rows: ImageRow[] = []
  const from = fromPx - overscan * rowHeight
  const to = toPx + overscan * rowHeight
  const first = sectionAt(geometry, Math.max(0, from)).group
  for (let place = Math.max(0, first); place < sections.length; place += 1) {
    const section = sections[place] as GridSection
    if (section.top > to) break
    if (headerHeight > 0 && section.top + headerHeight >= from) headers.push(section)
    const start = section.top + headerHeight
    const firstRow = Math.max(0, Math.floor((from - start) / rowHeight))
    const lastRow = Math.min(section.rows - 1, Math.floor((to - start) / rowHeight))
    for (let row = firstRow; row <= lastRow; row += 1)
      rows.push(rowIn(geometry, section, section.firstRow + row))
  }
  return { headers, rows }
}

/** A rectangle in the coordinates of the scrolled content. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** Indexes of the cells that a box touches, in order. */
export function indexesInBox(geometry: GridGeometry, box: Box): number[] {
  const { columns, cellWidth } = geometry
  const firstColumn = Math.max(0, Math.floor((box.left - gridPadding + gridGap) / cellWidth))
  const lastColumn = Math.min(columns - 1, Math.floor((box.right - gridPadding) / cellWidth))
  const indexes: number[] = []
  // A cell ends before its gap, so a box that starts in a gap starts with the next cell.
  for (const { firstIndex, endIndex } of visibleParts(geometry, box.top + gridGap, box.bottom, 0).rows) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const index = firstIndex + column
      if (index < endIndex) indexes.push(index)
    }
  }
  return indexes
}

/** Where a key of movement leads from `index`; null where the key does not move. What is collapsed is passed over. */
export function indexAfterKey(
  key: string,
  index: number,
  geometry: GridGeometry,
  rowsInView: number,
): number | null {
  const page = Math.max(1, rowsInView - 1)
  const rowSteps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }
  const cellSteps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }
  if (geometry.rows === 0) return null
  const first = imageRow(geometry, 0).firstIndex
  const last = imageRow(geometry, geometry.rows - 1).endIndex - 1
  if (key === 'Home') return first
  if (key === 'End') return last
  const rowStep = rowSteps[key]
  const cellStep = cellSteps[key]
  if (rowStep === undefined && cellStep === undefined) return null
  const row = rowOf(geometry, index)
  // From within what is collapsed: to what is shown next to it.
  if (row === null) {
    const next = sectionOf(geometry, index).firstRow
    const isForward = (rowStep ?? cellStep ?? 0) > 0
    if (isForward) return next < geometry.rows ? imageRow(geometry, next).firstIndex : last
    return next > 0 ? imageRow(geometry, next - 1).endIndex - 1 : first
  }
  const { firstIndex, endIndex } = imageRow(geometry, row)
  if (cellStep !== undefined) {
    const next = index + cellStep
    if (next >= firstIndex && next < endIndex) return next
    const other = row + cellStep
    if (other < 0) return first
    if (other >= geometry.rows) return last
    return cellStep > 0 ? imageRow(geometry, other).firstIndex : imageRow(geometry, other).endIndex - 1
  }
  const column = index - firstIndex
  const other = row + (rowStep as number)
  // Up from the first row and down from the last one stay; into a row that is not full, its last cell.
  if (other >= geometry.rows) return last
  const { firstIndex: start, endIndex: end } = imageRow(geometry, Math.max(0, other))
  return Math.min(start + column, end - 1)
}

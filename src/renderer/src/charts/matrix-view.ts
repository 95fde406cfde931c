/** What part of a square matrix is seen. */
export interface MatrixView {
  /** Pixels of a cell. */
  readonly cell: number
  /** Of the matrix, in pixels, at the left upper corner. */
  readonly x: number
  readonly y: number
}

interface Room {
  readonly width: number
  readonly height: number
}

const largestCell = 40

/** The whole matrix, as large as it can be. */
export function fitView({ width, height }: Room, classes: number): MatrixView {
  return { cell: Math.min(largestCell, smallestCell({ width, height }, classes)), x: 0, y: 0 }
}

/** Zooms so that what is at a place stays there; neither smaller than the whole nor larger than can be read. */
export function zoomView(
  view: MatrixView,
  factor: number,
  at: { x: number; y: number },
  room: Room,
  classes: number,
): MatrixView {
  const least = Math.min(largestCell, smallestCell(room, classes))
  const cell = Math.min(largestCell, Math.max(least, view.cell * factor))
  const grown = cell / view.cell
  return within({ cell, x: (view.x + at.x) * grown - at.x, y: (view.y + at.y) * grown - at.y }, room, classes)
}

/** Moves what is seen, up to the matrix's edges. */
export function moveView(
  { cell, x, y }: MatrixView,
  by: { x: number; y: number },
  room: Room,
  classes: number,
): MatrixView {
  return within({ cell, x: x + by.x, y: y + by.y }, room, classes)
}

/** Moves as little as brings a cell into sight. */
export function showCell(
  { cell, x, y }: MatrixView,
  { truth, predicted }: { truth: number; predicted: number },
  room: Room,
  classes: number,
): MatrixView {
  const nearest = (from: number, index: number, space: number): number =>
    Math.min(index * cell, Math.max(from, (index + 1) * cell - space))
  return within(
    { cell, x: nearest(x, predicted, room.width), y: nearest(y, truth, room.height) },
    room,
    classes,
  )
}

/** @returns null where no cell is there */
export function cellAt(
  { cell, x, y }: MatrixView,
  at: { x: number; y: number },
  classes: number,
): { truth: number; predicted: number } | null {
  if (at.x < 0 || at.y < 0) return null
  const truth = Math.floor((at.y + y) / cell)
  const predicted = Math.floor((at.x + x) / cell)
  return truth < classes && predicted < classes ? { truth, predicted } : null
}

function smallestCell({ width, height }: Room, classes: number): number {
  return Math.max(0.5, Math.min(width, height) / Math.max(1, classes))
}

function within({ cell, x, y }: MatrixView, { width, height }: Room, classes: number): MatrixView {
  const clamp = (value: number, space: number): number =>
    Math.max(0, Math.min(value, Math.max(0, cell * classes - space)))
  return { cell, x: clamp(x, width), y: clamp(y, height) }
}

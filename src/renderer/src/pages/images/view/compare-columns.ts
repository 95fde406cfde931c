/** How many images are compared at most. */
export const mostCompared = 9

/**
 * Columns in which panes come nearest to squares.
 * @param count panes, 2 to 9
 * @param aspect width of the room for them by its height
 */
export function compareColumns(count: number, aspect: number): number {
  let best = 1
  let bestEdge = 0
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const edge = Math.min(aspect / columns, 1 / rows)
    if (edge > bestEdge) {
      bestEdge = edge
      best = columns
    }
  }
  return best
}

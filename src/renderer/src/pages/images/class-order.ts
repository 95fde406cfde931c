/**
 * With one of a list at another place.
 * @param to its index afterwards; brought into the list where it is outside
 */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from)
  const item = items[from]
  if (item === undefined) return rest
  rest.splice(Math.min(Math.max(to, 0), rest.length), 0, item)
  return rest
}

/** How many times as many images the largest class has as the smallest; classes without images do not count. 1: even. */
export function imbalanceOf(counts: readonly number[]): number {
  const some = counts.filter((count) => count > 0)
  return some.length > 1 ? Math.max(...some) / Math.min(...some) : 1
}

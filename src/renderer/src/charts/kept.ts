/**
 * What was there before where it says the same, item by item: a page that is given the same list again need not render anew.
 *
 * @param before absent: there was nothing
 */
export function kept<Item extends object>(
  next: readonly Item[],
  before: readonly Item[] | undefined,
): readonly Item[] {
  if (before?.length !== next.length) return next
  return next.every((item, index) => isSame(item, before[index])) ? before : next
}

function isSame<Item extends object>(one: Item, other: Item | undefined): boolean {
  if (other === undefined) return false
  const names = Object.keys(one) as (keyof Item)[]
  return (
    names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]))
  )
}

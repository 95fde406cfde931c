/**
 * The next image that `wanted` takes, after a place in the list and then from its beginning.
 * @param from index to start after; -1: at the beginning
 * @returns its index; -1 where there is none but the one at `from`
 */
export function nextImage(ids: readonly number[], from: number, wanted: (id: number) => boolean): number {
  for (let step = 1; step < ids.length + (from < 0 ? 1 : 0); step++) {
    const index = (from + step) % ids.length
    if (wanted(ids[index] as number)) return index
  }
  return -1
}

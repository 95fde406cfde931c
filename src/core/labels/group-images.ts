/** Images of the same value together, as operations of the journal name them. @param keyOf equal for equal values */
export function groupImages<Value>(
  values: Iterable<readonly [imageId: number, value: Value]>,
  keyOf: (value: Value) => unknown,
): { value: Value; imageIds: number[] }[] {
  const groups = new Map<unknown, { value: Value; imageIds: number[] }>()
  for (const [imageId, value] of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.imageIds.push(imageId)
    else groups.set(key, { value, imageIds: [imageId] })
  }
  return [...groups.values()]
}

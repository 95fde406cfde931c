/** The squared Euclidean distance of two rows of `width` values. */
export function squaredDistance(
  a: Float32Array,
  rowA: number,
  b: Float32Array,
  rowB: number,
  width: number,
): number {
  let sum = 0
  const startA = rowA * width
  const startB = rowB * width
  for (let index = 0; index < width; index += 1) {
    const difference = (a[startA + index] as number) - (b[startB + index] as number)
    sum += difference * difference
  }
  return sum
}

/** Pearson's. */
export function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const [a, b] = [Array.from(one), Array.from(other)]
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [products, squaresA, squaresB] = [0, 0, 0]
  a.forEach((value, index) => {
    const [x, y] = [value - meanA, (b[index] ?? NaN) - meanB]
    products += x * y
    squaresA += x * x
    squaresB += y * y
  })
  return products / Math.sqrt(squaresA * squaresB)
}

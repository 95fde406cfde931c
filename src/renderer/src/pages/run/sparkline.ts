/** As many points as a few pixels can show. */
const mostPoints = 100

/**
 * Shares 0 to 1 as a path of an SVG, from left to right, 1 at the top; empty without any. Of many, every n-th and the last are drawn.
 */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const step = Math.max(1, Math.ceil(values.length / mostPoints))
  const kept = values.flatMap((value, index) =>
    index % step === 0 || index === values.length - 1 ? [{ value, index }] : [],
  )
  const last = Math.max(1, values.length - 1)
  const places = kept.map(
    ({ value, index }) =>
      `${Math.round((index / last) * width)},${Math.round((1 - value) * height * 10) / 10}`,
  )
  // One point alone is a dash, or nobody sees it.
  if (places.length === 1) places.push(`${width},${places[0]?.split(',')[1]}`)
  return places.length === 0 ? '' : `M${places.join('L')}`
}

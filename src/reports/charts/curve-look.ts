/** With more curves than colours the line style tells them apart. */
const lineDashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]] as const

/** How a curve is told from others. */
export interface CurveLook {
  readonly color: string
  readonly dash: readonly number[]
}

/** The look of the `index`-th of many curves: every pair of colour and style comes once before any comes again. */
export function lookAt(index: number, colors: readonly string[]): CurveLook {
  const color = colors[index % colors.length] ?? ''
  const dash = lineDashes[Math.floor(index / colors.length) % lineDashes.length] ?? []
  return { color, dash }
}

/** Two columns of the same length; `x` ascends. */
export interface CurvePoints {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/**
 * At most so many points of a curve, chosen so that it looks the same: of each stretch the point that makes the largest triangle with the one
 * chosen before it and the mean of the next stretch. The first and the last stay.
 *
 * @param most at least 3
 * @returns indexes into the columns, rising
 * @see https://hdl.handle.net/1946/15343 (Steinarsson's largest triangle, three buckets)
 */
export function downsampleCurve({ x, y }: CurvePoints, most: number): Uint32Array {
  const { length } = x
  if (length <= most) return Uint32Array.from({ length }, (_, index) => index)
  const chosen = new Uint32Array(most)
  const stretch = (length - 2) / (most - 2)
  let before = 0
  for (let place = 1; place < most - 1; place += 1) {
    const start = Math.floor((place - 1) * stretch) + 1
    const end = Math.floor(place * stretch) + 1
    const nextEnd = Math.min(Math.floor((place + 1) * stretch) + 1, length)
    let meanX = 0
    let meanY = 0
    for (let index = end; index < nextEnd; index += 1) {
      meanX += x[index] as number
      meanY += y[index] as number
    }
    meanX /= nextEnd - end
    meanY /= nextEnd - end
    const [fromX, fromY] = [x[before] as number, y[before] as number]
    let largest = -1
    let best = start
    for (let index = start; index < end; index += 1) {
      const area = Math.abs(
        (fromX - meanX) * ((y[index] as number) - fromY) - (fromX - (x[index] as number)) * (meanY - fromY),
      )
      if (area > largest) {
        largest = area
        best = index
      }
    }
    chosen[place] = before = best
  }
  chosen[most - 1] = length - 1
  return chosen
}

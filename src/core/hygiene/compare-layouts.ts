import { leastSimilarity } from '../../contract/hygiene.ts'
import { chromaSide, layoutBytes } from '../../imaging/measure.ts'
import { lumaSide, type HashWindow } from '../../imaging/perceptual-hash.ts'

/** Cells on each side at which two pictures are laid over each other: half of the layout's, so that those of a cut picture can be told. */
const comparedSide = 16
const samplesPerCell = 2
/** Deviation of luma, of 255, below which a picture has nothing to be told by. */
const leastDeviation = 2
/** What is not alike at the first look is not looked at closer. */
const firstLook = 0.5
/** Fractions of a side by which a window is moved, coarse to fine. */
const steps = [0.02, 0.01, 0.005]
/** What is that much alike at the first look lies right already. */
const liesRight = 0.99
const widest = 0.14
const narrowest = -0.02
/** Colour differences that re-encoding and brightening may make, of 255: spread over the picture, and as a whole. */
const mostColourSpread = 14
const mostColourShift = 18
/** Contrast may change by so much. */
const mostGain = 2.5
/** From this correlation on, two pictures are near duplicates, unless a person says otherwise. */
export const nearDuplicateCorrelation = 0.92

/** The deviations from their mean of a plane's values in a window, and what was taken off. */
interface Sampled {
  /** float32 `[side, side]`, row by row. */
  values: Float32Array
  mean: number
  /** Root of the mean square of `values`. */
  deviation: number
}

/** Where each sample of an axis lies: the cell before it, and how far towards the next. */
function places(cells: number, samples: number, before: number, after: number): Float32Array {
  const out = new Float32Array(samples)
  for (let sample = 0; sample < samples; sample += 1) {
    const place = (before + (1 - before - after) * ((sample + 0.5) / samples)) * cells - 0.5
    out[sample] = Math.min(cells - 1.001, Math.max(0, place))
  }
  return out
}

function sampleWindow(
  layouts: Uint8Array,
  offset: number,
  cells: number,
  side: number,
  perCell: number,
  window: HashWindow,
): Sampled {
  const samples = side * perCell
  const columns = places(cells, samples, window.left, window.right)
  const rows = places(cells, samples, window.top, window.bottom)
  const values = new Float32Array(side * side)
  for (let row = 0; row < samples; row += 1) {
    const y = Math.floor(rows[row] as number)
    const down = (rows[row] as number) - y
    const upper = offset + y * cells
    const cellRow = Math.floor(row / perCell) * side
    for (let column = 0; column < samples; column += 1) {
      const x = Math.floor(columns[column] as number)
      const across = (columns[column] as number) - x
      const at = upper + x
      const top = (layouts[at] as number) * (1 - across) + (layouts[at + 1] as number) * across
      const bottom =
        (layouts[at + cells] as number) * (1 - across) + (layouts[at + cells + 1] as number) * across
      const cell = cellRow + Math.floor(column / perCell)
      values[cell] = (values[cell] as number) + top * (1 - down) + bottom * down
    }
  }
  let sum = 0
  for (let cell = 0; cell < values.length; cell += 1) {
    values[cell] = (values[cell] as number) / perCell ** 2
    sum += values[cell] as number
  }
  const mean = sum / values.length
  let squares = 0
  for (let cell = 0; cell < values.length; cell += 1) {
    values[cell] = (values[cell] as number) - mean
    squares += (values[cell] as number) ** 2
  }
  return { values, mean, deviation: Math.sqrt(squares / values.length) }
}

const lumaOf = (layouts: Uint8Array, image: number, window: HashWindow): Sampled =>
  sampleWindow(layouts, image * layoutBytes, lumaSide, comparedSide, samplesPerCell, window)

function colourOf(layouts: Uint8Array, image: number, plane: 0 | 1, window: HashWindow): Sampled {
  const offset = image * layoutBytes + lumaSide ** 2 + plane * chromaSide ** 2
  return sampleWindow(layouts, offset, chromaSide, chromaSide, 1, window)
}

function correlation(a: Sampled, b: Sampled): number {
  let sum = 0
  for (let cell = 0; cell < a.values.length; cell += 1) {
    sum += (a.values[cell] as number) * (b.values[cell] as number)
  }
  return sum / a.values.length / Math.max(1e-6, a.deviation * b.deviation)
}

const whole: HashWindow = { left: 0, top: 0, right: 0, bottom: 0 }
const edges = ['left', 'top', 'right', 'bottom'] as const

/**
 * How alike a picture is to a part of another, which may be all of it: the correlation of their luma where they lie over each other best, from a
 * window on, or 0 where their colours say that they are different pictures.
 *
 * @param layouts uint8, one picture's after the other's, as `Measurements` has them
 * @param part, of numbers of pictures in `layouts`
 * @param start the window of `of` that `part` may be
 * @returns -1 to 1; see `nearDuplicateCorrelation`
 */
export function compareLayouts(layouts: Uint8Array, part: number, of: number, start: HashWindow): number {
  const wanted = lumaOf(layouts, part, whole)
  let window = start
  const first = lumaOf(layouts, of, window)
  if (wanted.deviation < leastDeviation || first.deviation < leastDeviation) return 0
  const gain = wanted.deviation / first.deviation
  if (gain > mostGain || gain < 1 / mostGain) return 0
  let best = correlation(wanted, first)
  if (best < firstLook) return 0
  for (const step of best < liesRight ? steps : []) {
    for (let moved = true; moved;) {
      moved = false
      for (const edge of edges) {
        for (const change of [step, -step]) {
          const place = Math.min(widest, Math.max(narrowest, window[edge] + change))
          const next = { ...window, [edge]: place }
          const found = correlation(wanted, lumaOf(layouts, of, next))
          if (found > best + 1e-5) {
            best = found
            window = next
            moved = true
          }
        }
      }
    }
  }
  return best >= leastSimilarity && haveOtherColours(layouts, part, of, window) ? 0 : best
}

function haveOtherColours(layouts: Uint8Array, part: number, of: number, window: HashWindow): boolean {
  return ([0, 1] as const).some((plane) => {
    const a = colourOf(layouts, part, plane, whole)
    const b = colourOf(layouts, of, plane, window)
    let squares = 0
    for (let cell = 0; cell < a.values.length; cell += 1) {
      squares += ((a.values[cell] as number) - (b.values[cell] as number)) ** 2
    }
    return (
      Math.sqrt(squares / a.values.length) > mostColourSpread || Math.abs(a.mean - b.mean) > mostColourShift
    )
  })
}

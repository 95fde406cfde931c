import { escapeText } from '../page/markup.ts'
import { confusionHeat, scaleConfusion, type ConfusionScale } from './confusion.ts'
import { printColors } from './print-colors.ts'

/** Steps of a colour from none to all. */
export const confusionShades = 32

/** Of cells by how strongly they are drawn, none first: `confusionShades` and one more; right answers cold, mistakes warm. */
export interface ConfusionColors {
  readonly right: readonly string[]
  readonly wrong: readonly string[]
  readonly ground: string
  readonly ink: string
}

/** Sizes in pixels of the picture. */
const cell = 26
const smallCell = 7
const mostLabelSpace = 150
const spaceOfSign = 6.2
/** Longer names are cut, so that they stay in their place. */
const mostSigns = 22

/** For paper: ink on the strongest still has a contrast of 4.5. */
export const printConfusionColors: ConfusionColors = {
  right: rampTo(printColors.frozen, 0.62),
  wrong: rampTo(printColors.thawed, 0.75),
  ground: printColors.ground,
  ink: printColors.ink,
}

/** @param heat 0..1 */
export function shadeOf(colors: readonly string[], heat: number): string {
  return colors[Math.round(heat * confusionShades)] ?? ''
}

/** A whole confusion matrix `[truth][predicted]` as an SVG file. With more than 60 classes cells have no numbers. */
export function confusionSvg(
  matrix: readonly (readonly number[])[],
  labels: readonly string[],
  scale: ConfusionScale,
  colors: ConfusionColors,
  title = '',
): string {
  const size = labels.length > 60 ? smallCell : cell
  const font = size === cell ? 11 : 6
  const labelSpace = Math.min(mostLabelSpace, Math.max(...labels.map(spaceOf)))
  const end = labelSpace + size * labels.length
  const heat = confusionHeat(matrix)
  const values = scaleConfusion(matrix, scale)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${end + 8}" height="${end + 8}" viewBox="0 0 ${end + 8} ${end + 8}" font-family="sans-serif" font-size="${font}" fill="${colors.ink}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colors.ground}"/>`,
  ]
  labels.forEach((label, index) => {
    const middle = labelSpace + size * (index + 0.5)
    const text = escapeText(shortened(label))
    parts.push(
      `<text x="${labelSpace - 5}" y="${middle}" text-anchor="end" dominant-baseline="central">${text}</text>`,
      `<text transform="translate(${middle} ${labelSpace - 5}) rotate(-90)" dominant-baseline="central">${text}</text>`,
    )
  })
  matrix.forEach((row, truth) =>
    row.forEach((count, predicted) => {
      const x = labelSpace + size * predicted
      const y = labelSpace + size * truth
      const ramp = truth === predicted ? colors.right : colors.wrong
      const fill = shadeOf(ramp, heat[truth]?.[predicted] ?? 0)
      parts.push(`<rect x="${x}" y="${y}" width="${size - 0.5}" height="${size - 0.5}" fill="${fill}"/>`)
      if (count === 0 || size === smallCell) return
      const value = values[truth]?.[predicted] ?? 0
      const text = scale === 'counts' ? String(value) : String(Math.round(100 * value))
      parts.push(
        `<text x="${x + size / 2}" y="${y + size / 2}" text-anchor="middle" dominant-baseline="central">${text}</text>`,
      )
    }),
  )
  return `${parts.join('\n')}\n</svg>\n`
}

function shortened(label: string): string {
  const signs = [...label]
  return signs.length > mostSigns ? `${signs.slice(0, mostSigns - 1).join('')}…` : label
}

/** Rough, as a file measures no text: full-width signs count twice. */
function spaceOf(label: string): number {
  return [...shortened(label)].reduce((sum, sign) => sum + spaceOfSign * (sign > '\u2e80' ? 2 : 1), 14)
}

/** From the colour of an empty cell towards `color`, as `#rrggbb`. */
function rampTo(color: string, strongest: number): string[] {
  const channels = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
  const from = channels(printColors.sunken)
  const to = channels(color)
  return Array.from({ length: confusionShades + 1 }, (_, step) => {
    const share = (step / confusionShades) * strongest
    const mixed = from.map((value, index) => Math.round(value + share * ((to[index] ?? 0) - value)))
    return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
  })
}

import { resolveColor } from './chart-colors.ts'
import { confusionHeat, scaleConfusion, type ConfusionScale } from './confusion.ts'

/** Steps of a colour from none to all. */
const shades = 32

/** The colours of cells by how strongly they are drawn: right answers cold, mistakes warm. Ink on the strongest still has a contrast of 4.5. */
export function confusionColors(isDark: boolean): { right: string[]; wrong: string[] } {
  const strongest = isDark ? 50 : 62
  const ramp = (token: string): string[] =>
    Array.from({ length: shades + 1 }, (_, step) =>
      resolveColor(`color-mix(in oklab, var(${token}) ${(step / shades) * strongest}%, var(--sunken))`),
    )
  return { right: ramp('--frozen'), wrong: ramp('--thawed') }
}

/** @param heat 0..1 */
export function shadeOf(colors: readonly string[], heat: number): string {
  return colors[Math.round(heat * shades)] ?? ''
}

/** Sizes in pixels of the picture. */
const cell = 26
const smallCell = 7
const labelSpace = 150

/** A whole confusion matrix as an SVG file. With more than 60 classes cells have no numbers. */
export function confusionSvg(
  matrix: readonly (readonly number[])[],
  labels: readonly string[],
  scale: ConfusionScale,
  isDark: boolean,
): string {
  const size = labels.length > 60 ? smallCell : cell
  const font = size === cell ? 11 : 6
  const end = labelSpace + size * labels.length
  const colors = confusionColors(isDark)
  const heat = confusionHeat(matrix)
  const values = scaleConfusion(matrix, scale)
  const ink = resolveColor('var(--ink)')
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${end + 8}" height="${end + 8}" viewBox="0 0 ${end + 8} ${end + 8}" font-family="sans-serif" font-size="${font}" fill="${ink}">`,
    `<rect width="100%" height="100%" fill="${resolveColor('var(--surface)')}"/>`,
  ]
  labels.forEach((label, index) => {
    const middle = labelSpace + size * (index + 0.5)
    const text = escapeXml(label.length > 22 ? `${label.slice(0, 21)}…` : label)
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

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

import type { ReliabilityDiagram } from '../../contract/evaluation.ts'
import { escapeText } from '../page/markup.ts'
import { printColors } from './print-colors.ts'
import { round, unitArea, unitBar, unitLeft, unitTicks, unitTop, unitWhisker } from './unit-area.ts'

/** A reliability diagram as an SVG file: how many are right by how sure the model is, on the diagonal where it is calibrated. */
export function calibrationSvg(
  { bins }: Pick<ReliabilityDiagram, 'bins'>,
  texts: { title: string; xLabel: string; yLabel: string; percent: (value: number) => string },
): string {
  const { width, height, left, right, top, bottom } = unitArea
  const { muted, line, lineStrong, frozen, ink, ground } = printColors
  const text = (attributes: string, content: string): string =>
    `<text ${attributes} fill="${muted}">${escapeText(content)}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escapeText(texts.title)}</title>`,
    `<rect width="100%" height="100%" fill="${ground}"/>`,
    ...unitTicks.flatMap((tick) => [
      `<line x1="${left}" x2="${right}" y1="${round(unitTop(tick))}" y2="${round(unitTop(tick))}" stroke="${line}"/>`,
      text(`x="${left - 6}" y="${round(unitTop(tick) + 4)}" text-anchor="end"`, texts.percent(tick)),
      text(`x="${round(unitLeft(tick))}" y="${bottom + 16}" text-anchor="middle"`, texts.percent(tick)),
    ]),
    text(`x="${(left + right) / 2}" y="${height - 8}" text-anchor="middle"`, texts.xLabel),
    text(`transform="translate(12 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle"`, texts.yLabel),
    ...bins.flatMap(({ low, high, accuracy, interval95 }) => {
      if (accuracy === null) return []
      const bar = unitBar({ low, high, value: accuracy })
      return [
        `<rect x="${round(bar.x)}" y="${round(bar.y)}" width="${round(bar.width)}" height="${round(bar.height)}" fill="${frozen}" fill-opacity="0.5"/>`,
        ...(interval95 === null
          ? []
          : [
              `<path d="${unitWhisker({ low, high }, interval95)}" stroke="${ink}" stroke-opacity="0.6" fill="none"/>`,
            ]),
      ]
    }),
    `<line x1="${left}" y1="${bottom}" x2="${right}" y2="${top}" stroke="${lineStrong}" stroke-dasharray="4 4"/>`,
    '</svg>',
  ].join('\n')
}

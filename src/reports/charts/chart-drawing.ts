import { escapeText } from '../page/markup.ts'

/** What a drawing of a chart shows, in pixels of the chart; colours are such that a file can have them. */
export interface ChartDrawing {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly colors: {
    readonly ground: string
    readonly ink: string
    readonly muted: string
    readonly line: string
  }
  readonly area: {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
  readonly xLabel: string
  readonly xTicks: readonly { readonly at: number; readonly text: string }[]
  readonly yTicks: readonly { readonly at: number; readonly text: string }[]
  readonly curves: readonly {
    readonly label: string | null
    readonly color: string
    readonly width: number
    readonly dash: readonly number[]
    readonly points: readonly { readonly x: number; readonly y: number }[]
    /** 0: none. */
    readonly dotRadius: number
  }[]
  readonly marks: readonly { readonly at: number; readonly label: string; readonly color: string }[]
}

const headerHeight = 44
const fontFamily = 'system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Noto Sans CJK SC, sans-serif'

/**
 * The same drawing as a document of its own, or as a part of a page that says title and legend itself.
 *
 * @param part the id of what clips the curves, its own among the drawings of the page
 */
export function svgOfDrawing(drawing: ChartDrawing, part?: string): string {
  const { title, width, height, colors, area } = drawing
  const header = part === undefined ? headerHeight : 0
  const clip = part ?? 'area'
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height + header}" viewBox="0 0 ${width} ${height + header}" font-family="${fontFamily}" font-size="11">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colors.ground}"/>`,
    ...(part === undefined
      ? [
          `<text x="8" y="18" font-size="14" font-weight="600" fill="${colors.ink}">${escapeText(title)}</text>`,
          legendOf(drawing),
        ]
      : []),
    `<g transform="translate(0 ${header})">`,
    `<clipPath id="${clip}"><rect x="${area.left - 4}" y="${area.top - 4}" width="${area.right - area.left + 8}" height="${area.bottom - area.top + 8}"/></clipPath>`,
    ...drawing.yTicks.map(
      ({ at, text }) =>
        `<line x1="${area.left}" x2="${area.right}" y1="${round(at)}" y2="${round(at)}" stroke="${colors.line}"/>` +
        `<text x="${area.left - 6}" y="${round(at + 4)}" text-anchor="end" fill="${colors.muted}">${escapeText(text)}</text>`,
    ),
    ...drawing.xTicks.map(
      ({ at, text }) =>
        `<text x="${round(at)}" y="${area.bottom + 15}" text-anchor="middle" fill="${colors.muted}">${escapeText(text)}</text>`,
    ),
    `<text x="${round((area.left + area.right) / 2)}" y="${area.bottom + 31}" text-anchor="middle" fill="${colors.muted}">${escapeText(drawing.xLabel)}</text>`,
    ...drawing.marks.map(({ at, label, color }, index) => {
      const isLate = at > (area.left + area.right) / 2
      return (
        `<line x1="${round(at)}" x2="${round(at)}" y1="${area.top}" y2="${area.bottom}" stroke="${color}" stroke-width="1.5" stroke-dasharray="5 4"/>` +
        `<text x="${round(isLate ? at - 4 : at + 4)}" y="${area.top + 10 + (index % 3) * 14}"${isLate ? ' text-anchor="end"' : ''} fill="${color}">${escapeText(label)}</text>`
      )
    }),
    `<g clip-path="url(#${clip})" fill="none" stroke-linejoin="round">`,
    ...drawing.curves.flatMap(({ color, width: stroke, dash, points, dotRadius }) => [
      `<polyline stroke="${color}" stroke-width="${stroke}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''} points="${points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')}"/>`,
      ...(dotRadius > 0
        ? points.map(
            ({ x, y }) => `<circle cx="${round(x)}" cy="${round(y)}" r="${dotRadius}" fill="${color}"/>`,
          )
        : []),
    ]),
    '</g></g></svg>',
  ]
  return `${parts.join('\n')}\n`
}

function legendOf({ curves, colors }: ChartDrawing): string {
  let left = 8
  return curves
    .flatMap(({ label, color, width, dash }) => {
      if (label === null) return []
      const at = left
      // Rough, as a file measures no text: full-width signs count twice.
      left += 42 + [...label].reduce((sum, sign) => sum + (sign > '\u2e80' ? 11.5 : 6.2), 0)
      return [
        `<line x1="${at}" x2="${at + 20}" y1="34" y2="34" stroke="${color}" stroke-width="${width}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/>` +
          `<text x="${at + 26}" y="38" fill="${colors.ink}">${escapeText(label)}</text>`,
      ]
    })
    .join('\n')
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

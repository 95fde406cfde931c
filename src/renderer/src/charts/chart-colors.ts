import { lookAt, type CurveLook } from '../../../reports/charts/curve-look.ts'

/** Curves in the order they are told apart best; each is a token of tokens.css or mixed from one. */
export const curveColors = [
  'var(--thawed-ink)',
  'var(--frozen)',
  'var(--success)',
  'var(--danger)',
  'oklch(from var(--frozen) l c calc(h + 65))',
  'oklch(from var(--thawed) calc(l - 0.08) c calc(h + 45))',
  'oklch(from var(--frozen) calc(l - 0.02) c calc(h - 45))',
  'var(--muted)',
] as const

/** The look of the `index`-th of many curves: every pair of colour and style comes once before any comes again. */
export function curveLook(index: number): CurveLook {
  return lookAt(index, curveColors)
}

let probe: { element: HTMLElement; context: CanvasRenderingContext2D } | null = null

/**
 * A CSS colour, which may name tokens, as `rgb(…)` of the theme that is shown: a canvas knows no custom properties, and Chart.js no oklch.
 */
export function resolveColor(color: string, alpha = 1): string {
  if (probe === null) {
    const element = document.createElement('span')
    element.hidden = true
    document.body.append(element)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 1
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) return color
    probe = { element, context }
  }
  const { element, context } = probe
  element.style.color = color
  context.clearRect(0, 0, 1, 1)
  context.fillStyle = getComputedStyle(element).color
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, opacity = 255] = context.getImageData(0, 0, 1, 1).data
  return `rgba(${red}, ${green}, ${blue}, ${(opacity / 255) * alpha})`
}

/**
 * Resolves each colour once: to ask the page for one costs more than to draw with it. For what is made anew where the theme changes.
 */
export function createColors(resolve = resolveColor): typeof resolveColor {
  const known = new Map<string, string>()
  return (color, alpha = 1) => {
    const key = `${alpha} ${color}`
    let resolved = known.get(key)
    if (resolved === undefined) known.set(key, (resolved = resolve(color, alpha)))
    return resolved
  }
}

import type { ChartDataset, ScaleOptionsByType } from 'chart.js'
import { createColors } from './chart-colors.ts'
import type { ChartDrawing } from '../../../reports/charts/chart-drawing.ts'
import { Chart } from './chart-js.ts'
import type { Point } from './chart-points.ts'
import { decimate } from './decimate.ts'
import { createMarkPlugin, markColor, type ChartMark } from './mark-plugin.ts'
import { createSmoothed, extendSmoothed, type Smoothed } from '../../../metrics/index.ts'

/** A curve. `x` ascends; both columns only grow while the id stays, but for what a resumed run takes back. */
export interface LineSeries {
  id: string
  label: string
  x: readonly number[]
  y: readonly number[]
  /** CSS colour; tokens are followed through themes. */
  color: string
  dash?: readonly number[]
  /** Drawn thin and pale, behind the others: values of single batches. */
  faint?: boolean
}

/** Everything that decides how curves are drawn, read anew at each drawing. */
export interface LineChartView {
  /** Those that are not hidden. */
  readonly series: readonly LineSeries[]
  readonly marks: readonly ChartMark[]
  readonly xLabel: string
  readonly xScale: 'linear' | 'logarithmic'
  readonly yScale: 'linear' | 'logarithmic'
  /** Shares go up to 1, and others begin at 0, where they are not `tight`. */
  readonly range: 'share' | 'from-zero' | 'tight'
  /** Where the x axis ends at least. */
  readonly xEnd: number | undefined
  /** Weight of what came before, 0 to 1; 0: none. */
  readonly smoothing: number
  readonly formatX: (value: number) => string
  readonly formatTick: (value: number) => string
}

/** With so many points or fewer each is a dot. */
const mostDots = 30
const rawAlpha = 0.28

type LineDataset = ChartDataset<'line', Point[]> & { id: string; label: string }

/** Curves on a canvas. */
export interface LineChart {
  readonly chart: Chart<'line', Point[]>
  draw(): void
  resetZoom(): void
  readonly isZoomed: () => boolean
  /** The curve as it is smoothed now; itself where it is not. */
  readonly shownValues: (series: LineSeries) => readonly number[]
  drawing(title: string): ChartDrawing
  destroy(): void
}

/**
 * Draws curves of any length: only what a screen can show of them goes to Chart.js. The caller asks for a drawing when something changed,
 * and makes a chart anew when a scale, the language or the theme did.
 *
 * @param onZoom after a person zoomed
 * @param onResize it has another size and wants to be drawn
 */
export function createLineChart(
  canvas: HTMLCanvasElement,
  view: () => LineChartView,
  onZoom: () => void,
  onResize: () => void,
): LineChart {
  const smoothed = new Map<string, Smoothed>()
  const colorOf = createColors()
  const ink = colorOf('var(--muted)')
  const line = colorOf('var(--line)')
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11 }
  let zoomed = false

  const { xScale, yScale, range, xLabel } = view()
  const chart = new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [createMarkPlugin(() => view().marks, colorOf)],
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      font,
      layout: { padding: { top: 6, right: 8 } },
      onResize,
      scales: {
        x: {
          type: xScale,
          title: { display: true, text: xLabel, font, color: ink },
          ticks: {
            font,
            color: ink,
            ...(xScale === 'linear'
              ? { maxTicksLimit: 9, precision: 0 }
              : { autoSkip: false, maxRotation: 0 }),
            callback: (value) =>
              xScale === 'logarithmic' && !isPowerOfTen(Number(value)) ? null : view().formatX(Number(value)),
          },
          grid: { display: xScale === 'logarithmic', color: line },
          border: { display: false },
        },
        y: {
          type: yScale,
          ...(range === 'share' ? { max: 1 } : {}),
          ...(range === 'from-zero' ? { beginAtZero: yScale === 'linear' } : {}),
          ticks: {
            font,
            color: ink,
            maxTicksLimit: 6,
            includeBounds: range !== 'tight',
            callback: (value) => view().formatTick(Number(value)),
          },
          grid: { color: line },
          border: { display: false },
        },
      },
      plugins: {
        zoom: {
          limits: { x: { min: 'original', max: 'original' } },
          zoom: {
            mode: 'x',
            drag: { enabled: true, threshold: 8, backgroundColor: colorOf('var(--frozen)', 0.16) },
            // Alone the wheel scrolls the page.
            wheel: { enabled: true, modifierKey: 'ctrl' },
            onZoomComplete() {
              zoomed = true
              draw()
              onZoom()
            },
          },
        },
      },
    },
  })

  function shownValues({ id, y }: LineSeries): readonly number[] {
    const weight = view().smoothing
    if (weight === 0) return y
    let own = smoothed.get(id)
    if (own?.weight !== weight) smoothed.set(id, (own = createSmoothed(weight)))
    extendSmoothed(own, y)
    return own.values
  }

  function datasetsOf(series: LineSeries, from: number, to: number, columns: number): LineDataset[] {
    const isRaw = view().smoothing > 0
    const values = shownValues(series)
    const dataset = (
      suffix: string,
      y: readonly number[],
      look: { alpha: number; width: number; order: number; dots: boolean },
    ): LineDataset => {
      const color = colorOf(series.color, look.alpha)
      const data = decimate(series.x, y, from, to, columns)
      return {
        id: `${series.id}${suffix}`,
        label: series.label,
        data,
        borderColor: color,
        backgroundColor: color,
        borderWidth: look.width,
        borderDash: [...(series.dash ?? [])],
        borderJoinStyle: 'round',
        pointRadius: look.dots && data.length <= mostDots ? 2.5 : 0,
        pointBorderWidth: 0,
        // A point on the edge is drawn whole.
        clip: 6,
        pointHitRadius: 0,
        pointHoverRadius: 0,
        order: look.order,
        spanGaps: true,
      }
    }
    const isFaint = series.faint === true
    const own = dataset('', values, {
      alpha: isFaint && !isRaw ? 0.55 : 1,
      width: isFaint ? 1.25 : 2,
      order: isFaint ? 1 : 0,
      dots: !isFaint && !isRaw,
    })
    if (!isRaw) return [own]
    return [own, dataset(' raw', series.y, { alpha: rawAlpha, width: 1, order: 2, dots: false })]
  }

  function draw(): void {
    const { series, xEnd, range: shownRange } = view()
    const x = chart.options.scales?.x as ScaleOptionsByType | undefined
    const y = chart.options.scales?.y as ScaleOptionsByType | undefined
    if (!x || !y) return
    if (!zoomed) {
      const first = Math.min(...series.map((one) => one.x[0] ?? Infinity))
      const last = Math.max(xEnd ?? -Infinity, ...series.map((one) => one.x.at(-1) ?? -Infinity))
      const isEmpty = !Number.isFinite(first) || !Number.isFinite(last)
      if (xScale === 'logarithmic')
        Object.assign(x, isEmpty ? { min: 0.1, max: 1 } : { min: first, max: last })
      else
        Object.assign(x, {
          min: Math.min(0, isEmpty ? 0 : first),
          max: isEmpty ? (xEnd ?? 1) : Math.ceil(last) || 1,
        })
    }
    const [from, to] = zoomed
      ? [chart.scales.x?.min ?? 0, chart.scales.x?.max ?? 1]
      : [Number(x.min), Number(x.max)]
    // Columns of equal width, also where the axis is logarithmic: there are few points on such.
    const columns = Math.max(50, Math.round(chart.chartArea?.width ?? canvas.clientWidth))
    const next = series.flatMap((one) => datasetsOf(one, from, to, columns))
    const byId = new Map(chart.data.datasets.map((dataset) => [(dataset as LineDataset).id, dataset]))
    chart.data.datasets = next.map((dataset) => {
      const old = byId.get(dataset.id)
      // Chart.js keeps the resolved look of points as long as the object is the same.
      return old && old.pointRadius === dataset.pointRadius ? Object.assign(old, dataset) : dataset
    })
    // Without points the axis of shares would be an odd stretch below 100%.
    if (shownRange === 'share')
      Object.assign(y, { min: next.every(({ data }) => data.length === 0) ? 0 : undefined })
    if (shownRange === 'tight') Object.assign(y, tightRange(next))
    chart.update('none')
    canvas.dataset.lastX = String(Math.max(0, ...series.map((one) => one.x.at(-1) ?? 0)))
  }

  function drawing(title: string): ChartDrawing {
    const { x, y } = chart.scales
    const { left, top, right, bottom } = chart.chartArea
    const { formatX, formatTick, marks, xLabel: label } = view()
    const place = ({ x: atX, y: atY }: Point): Point => ({
      x: x?.getPixelForValue(atX) ?? 0,
      y: y?.getPixelForValue(atY) ?? 0,
    })
    const isPlain = (value: number) => xScale === 'linear' || isPowerOfTen(value)
    return {
      title,
      width: chart.width,
      height: chart.height,
      colors: {
        ground: colorOf('var(--surface)'),
        ink: colorOf('var(--ink)'),
        muted: ink,
        line,
      },
      area: { left, top, right, bottom },
      xLabel: label,
      xTicks: (x?.ticks ?? [])
        .filter(({ value }) => isPlain(value))
        .map(({ value }) => ({ at: x?.getPixelForValue(value) ?? 0, text: formatX(value) })),
      yTicks: (y?.ticks ?? []).map(({ value }) => ({
        at: y?.getPixelForValue(value) ?? 0,
        text: formatTick(value),
      })),
      // The last drawn lies on top.
      curves: (chart.data.datasets as LineDataset[])
        .toSorted((a, b) => Number(b.order) - Number(a.order))
        .map((dataset) => ({
          label: dataset.id.endsWith(' raw') ? null : dataset.label,
          color: String(dataset.borderColor),
          width: Number(dataset.borderWidth),
          dash: dataset.borderDash as number[],
          points: dataset.data.map(place),
          dotRadius: Number(dataset.pointRadius),
        })),
      marks: marks.map((mark) => ({
        at: x?.getPixelForValue(mark.x) ?? 0,
        label: mark.label,
        color: colorOf(markColor),
      })),
    }
  }

  draw()
  return {
    chart,
    draw,
    drawing,
    shownValues,
    isZoomed: () => zoomed,
    resetZoom() {
      zoomed = false
      chart.resetZoom('none')
      draw()
    },
    destroy: () => chart.destroy(),
  }
}

function isPowerOfTen(value: number): boolean {
  const exponent = Math.log10(value)
  return Math.abs(exponent - Math.round(exponent)) < 1e-6
}

/** The curves with room above and below. */
function tightRange(datasets: readonly LineDataset[]): { min: number | undefined; max: number | undefined } {
  let lowest = Infinity
  let highest = -Infinity
  for (const { data } of datasets) {
    for (const { y } of data) {
      lowest = Math.min(lowest, y)
      highest = Math.max(highest, y)
    }
  }
  if (lowest > highest) return { min: undefined, max: undefined }
  const room = (highest - lowest || Math.abs(highest) || 1) * 0.06
  return { min: Math.max(Math.min(0, lowest), lowest - room), max: highest + room }
}

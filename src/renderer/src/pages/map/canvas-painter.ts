import type { MapView } from './map-geometry.ts'
import { dimmedAlpha, pointSize, usualAlpha, type MapPainter, type MapPoints } from './map-painter.ts'

/** Paints by the browser's own drawing, where there is no WebGL. */
export function createCanvasPainter(context: CanvasRenderingContext2D): MapPainter {
  let points: MapPoints | null = null
  return {
    setPoints(next) {
      points = next
    },
    paint({ left, top, scale }: MapView, width, height, ratio) {
      if (!points) return
      const { x, y, codes, palette, selected } = points
      const size = pointSize(x.length)
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, width, height)
      const dim = selected.size > 0
      // What is selected lies over the rest.
      for (const pass of dim ? [false, true] : [false]) {
        context.globalAlpha = dim && !pass ? dimmedAlpha : usualAlpha
        let last = -1
        for (let place = 0; place < x.length; place += 1) {
          if (dim && selected.has(place) !== pass) continue
          const atX = ((x[place] as number) - left) * scale
          const atY = ((y[place] as number) - top) * scale
          if (atX < -size || atY < -size || atX > width + size || atY > height + size) continue
          const code = codes[place] as number
          if (code !== last) context.fillStyle = palette[code] ?? ''
          last = code
          context.fillRect(atX - size / 2, atY - size / 2, size, size)
        }
      }
    },
    dispose() {
      points = null
    },
  }
}

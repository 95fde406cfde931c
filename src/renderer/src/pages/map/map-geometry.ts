/** What part of the map is seen: a place of the square at `(x, y)` is drawn at `((x - left) * scale, (y - top) * scale)` pixels. */
export interface MapView {
  readonly left: number
  readonly top: number
  /** Pixels of the whole square's side. */
  readonly scale: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

const marginPx = 24
const mostZoom = 60

/** The whole square in the middle of an area. */
export function fittedView(width: number, height: number): MapView {
  const scale = Math.max(1, Math.min(width, height) - 2 * marginPx)
  return { left: -(width - scale) / 2 / scale, top: -(height - scale) / 2 / scale, scale }
}

/** Closer or further by a factor, with what is at `at` (pixels) staying there. */
export function zoomed(view: MapView, at: Point, factor: number, fitted: MapView): MapView {
  const scale = Math.min(fitted.scale * mostZoom, Math.max(fitted.scale / 2, view.scale * factor))
  return {
    left: view.left + at.x / view.scale - at.x / scale,
    top: view.top + at.y / view.scale - at.y / scale,
    scale,
  }
}

/** Moved by pixels. */
export function panned(view: MapView, byX: number, byY: number): MapView {
  return { ...view, left: view.left - byX / view.scale, top: view.top - byY / view.scale }
}

/**
 * Whether a point lies in a polygon, by counting the sides that a ray from it crosses.
 *
 * @param polygon its corners in order; the last is joined to the first
 */
export function isInside({ x, y }: Point, polygon: readonly Point[]): boolean {
  let inside = false
  polygon.forEach((a, index) => {
    const b = polygon.at(index - 1) as Point
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
  })
  return inside
}

/** Places of the points inside a polygon that is drawn in pixels. */
export function insidePolygon(
  x: readonly number[],
  y: readonly number[],
  view: MapView,
  polygon: readonly Point[],
): number[] {
  const corners = polygon.map((corner) => ({
    x: corner.x / view.scale + view.left,
    y: corner.y / view.scale + view.top,
  }))
  const xs = corners.map((corner) => corner.x)
  const ys = corners.map((corner) => corner.y)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const found: number[] = []
  x.forEach((value, place) => {
    const point = { x: value, y: y[place] as number }
    // Most are far from it.
    if (value < left || value > right || point.y < top || point.y > bottom) return
    if (isInside(point, corners)) found.push(place)
  })
  return found
}

/** The place of the point nearest to pixels, within so many of them; -1: none. */
export function nearestPoint(
  x: readonly number[],
  y: readonly number[],
  view: MapView,
  at: Point,
  withinPx: number,
): number {
  let best = -1
  let least = withinPx ** 2
  x.forEach((value, place) => {
    const byX = (value - view.left) * view.scale - at.x
    const byY = ((y[place] as number) - view.top) * view.scale - at.y
    const distance = byX * byX + byY * byY
    if (distance <= least) {
      least = distance
      best = place
    }
  })
  return best
}

import type { MapView } from './map-geometry.ts'

/** What is painted. All arrays are in the order of points. */
export interface MapPoints {
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Places in `palette`. */
  readonly codes: Uint16Array
  /** `#rrggbb` */
  readonly palette: readonly string[]
  readonly selected: ReadonlySet<number>
}

/** Paints points on a canvas. */
export interface MapPainter {
  /** Takes other points; what is the same array as before is not looked at again. */
  setPoints(points: MapPoints): void
  /** @param ratio device pixels of each pixel */
  paint(view: MapView, width: number, height: number, ratio: number): void
  dispose(): void
}

/** Of points that are not selected while others are. */
export const dimmedAlpha = 0.25
export const usualAlpha = 0.85

/** Pixels of a point's side: fewer where there are many. */
export function pointSize(points: number): number {
  return points > 20_000 ? 2.5 : points > 2000 ? 4 : 7
}

/** @returns red, green and blue, 0 to 255 */
export function bytesOfColor(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Width and height; CSS pixels of a pane, or pixels of a picture. */
export interface Size {
  width: number
  height: number
}

/** A point of a pane, from its upper left corner, in CSS pixels. */
export interface Point {
  x: number
  y: number
}

/**
 * How a picture is looked at, in numbers that hold for panes and pictures of any size, so that several share them.
 * `factor`: times the scale at which the whole picture fits. `x`, `y`: which part of the picture is in the middle of
 * the pane, 0 to 1 from left to right and from top to bottom.
 */
export interface Zoom {
  readonly factor: number
  readonly x: number
  readonly y: number
}

/** The whole picture, as large as the pane lets it be. */
export const fitted: Zoom = { factor: 1, x: 0.5, y: 0.5 }

/** At the closest a pixel of the picture is this large, in CSS pixels. */
const largestPixel = 24
/** How much one step of a key changes the size. */
export const zoomStep = 1.25

/** CSS pixels for a pixel of the picture at which all of it is seen. */
export function fitScale(pane: Size, picture: Size): number {
  if (picture.width <= 0 || picture.height <= 0) return 1
  return Math.min(pane.width / picture.width, pane.height / picture.height)
}

/** The factor at which a pixel of the picture is one of the screen. @param pixelRatio of the screen */
export function actualFactor(pane: Size, picture: Size, pixelRatio: number): number {
  return 1 / pixelRatio / fitScale(pane, picture)
}

/** Where the whole picture lies, in CSS pixels from the pane's upper left corner. */
export function pictureRect(
  zoom: Zoom,
  pane: Size,
  picture: Size,
): { left: number; top: number; width: number; height: number } {
  const scale = fitScale(pane, picture) * zoom.factor
  const width = picture.width * scale
  const height = picture.height * scale
  return { left: pane.width / 2 - zoom.x * width, top: pane.height / 2 - zoom.y * height, width, height }
}

/**
 * Within what makes sense: neither smaller than fitted (or than its own pixels, where those are smaller still) nor
 * larger than a pixel can be told, and with no empty side where the picture could fill it.
 */
export function clampZoom(zoom: Zoom, pane: Size, picture: Size, pixelRatio: number): Zoom {
  const least = Math.min(1, actualFactor(pane, picture, pixelRatio))
  const most = Math.max(1, largestPixel / fitScale(pane, picture))
  const factor = Math.min(Math.max(zoom.factor, least), most)
  const { width, height } = pictureRect({ ...zoom, factor }, pane, picture)
  return { factor, x: clampCentre(zoom.x, pane.width, width), y: clampCentre(zoom.y, pane.height, height) }
}

function clampCentre(centre: number, paneLength: number, length: number): number {
  if (length <= paneLength) return 0.5
  const margin = paneLength / 2 / length
  return Math.min(Math.max(centre, margin), 1 - margin)
}

/** `by` times closer, with what is under `point` staying there. */
export function zoomAt(
  zoom: Zoom,
  by: number,
  point: Point,
  pane: Size,
  picture: Size,
  pixelRatio: number,
): Zoom {
  const before = pictureRect(zoom, pane, picture)
  const { factor } = clampZoom({ ...zoom, factor: zoom.factor * by }, pane, picture, pixelRatio)
  const grown = factor / zoom.factor
  // The part of the picture under the point, and then the centre at which it is under the point again.
  const x = (point.x - before.left) / before.width
  const y = (point.y - before.top) / before.height
  const next = {
    factor,
    x: x - (point.x - pane.width / 2) / (before.width * grown),
    y: y - (point.y - pane.height / 2) / (before.height * grown),
  }
  return clampZoom(next, pane, picture, pixelRatio)
}

/** Moved along with a hand that drags it, by CSS pixels. */
export function panBy(
  zoom: Zoom,
  dx: number,
  dy: number,
  pane: Size,
  picture: Size,
  pixelRatio: number,
): Zoom {
  const { width, height } = pictureRect(zoom, pane, picture)
  return clampZoom({ ...zoom, x: zoom.x - dx / width, y: zoom.y - dy / height }, pane, picture, pixelRatio)
}

/** What a double click does: to the pixels where it is fitted, else fitted. Where both look the same, twice as close. */
export function toggleZoom(zoom: Zoom, point: Point, pane: Size, picture: Size, pixelRatio: number): Zoom {
  const isFitted = Math.abs(zoom.factor - 1) < 0.01
  if (!isFitted) return fitted
  const actual = actualFactor(pane, picture, pixelRatio)
  const by = Math.abs(actual - 1) < 0.1 ? 2 : actual
  return zoomAt(zoom, by, point, pane, picture, pixelRatio)
}

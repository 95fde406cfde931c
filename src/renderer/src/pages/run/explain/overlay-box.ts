/** Where a map lies on an image, in percent of the image's sides. */
export interface OverlayBox {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * The part of an image that a network saw.
 *
 * @param resize cover: the middle square; stretch: all of it
 * @param size of the image, upright, in any unit
 */
export function overlayBox(
  resize: 'cover' | 'stretch',
  { width, height }: { readonly width: number; readonly height: number },
): OverlayBox {
  if (resize === 'stretch') return { left: 0, top: 0, width: 100, height: 100 }
  const side = Math.min(width, height)
  const [across, down] = [(100 * side) / width, (100 * side) / height]
  return { left: (100 - across) / 2, top: (100 - down) / 2, width: across, height: down }
}

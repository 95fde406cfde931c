import { describe, expect, it } from 'vitest'
import {
  colorHeat,
  heatColor,
  heatPalettes,
} from '../../../../../src/renderer/src/pages/run/explain/heat-colors.ts'

/** Relative luminance. @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

describe.each(heatPalettes)('the colours %s', (palette) => {
  it('grow lighter from cold to hot, so that they can be told apart without their hue', () => {
    const lights = Array.from({ length: 65 }, (_, step) => luminance(heatColor(palette, step / 64)))
    expect(lights).toEqual(lights.toSorted((a, b) => a - b))
    expect(lights.at(-1)! - lights[0]!).toBeGreaterThan(0.6)
  })

  it('colour a grey map from its first channel, all of it opaque', () => {
    const pixels = Uint8ClampedArray.from([0, 0, 0, 255, 255, 255, 255, 255])
    colorHeat(pixels, palette)
    expect([...pixels]).toEqual([...heatColor(palette, 0), 255, ...heatColor(palette, 1), 255])
  })
})

/** Colours of heat maps that people tell apart whatever colours they see, by how light they are: matplotlib's viridis and inferno. */
export const heatPalettes = ['inferno', 'viridis'] as const
export type HeatPalette = (typeof heatPalettes)[number]

type Color = readonly [red: number, green: number, blue: number]

/** At equal distances from cold to hot; between them colours are mixed. */
const stops: { readonly [Palette in HeatPalette]: readonly Color[] } = {
  inferno: [
    [0, 0, 4],
    [40, 11, 84],
    [101, 21, 110],
    [159, 42, 99],
    [212, 72, 66],
    [245, 125, 21],
    [250, 193, 39],
    [252, 255, 164],
  ],
  viridis: [
    [68, 1, 84],
    [70, 50, 126],
    [54, 92, 141],
    [39, 127, 142],
    [31, 161, 135],
    [74, 193, 109],
    [160, 218, 57],
    [253, 231, 37],
  ],
}

/** @param heat 0 to 1 */
export function heatColor(palette: HeatPalette, heat: number): Color {
  const colors = stops[palette]
  const place = Math.min(1, Math.max(0, heat)) * (colors.length - 1)
  const first = Math.min(colors.length - 2, Math.floor(place))
  const share = place - first
  const [from, to] = [colors[first] as Color, colors[first + 1] as Color]
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + share * (to[channel] - from[channel]))
  return [mix(0), mix(1), mix(2)]
}

/** From cold to hot, as CSS has it, for a legend. */
export function heatGradient(palette: HeatPalette): string {
  return `linear-gradient(to right, ${stops[palette].map((color) => `rgb(${color.join(' ')})`).join(', ')})`
}

/**
 * Colours a grey map in place.
 *
 * @param pixels RGBA bytes, of which red is the heat
 */
export function colorHeat(pixels: Uint8ClampedArray, palette: HeatPalette): void {
  const table = Array.from({ length: 256 }, (_, heat) => heatColor(palette, heat / 255))
  for (let index = 0; index < pixels.length; index += 4) {
    pixels.set(table[pixels[index] ?? 0] as Color, index)
    pixels[index + 3] = 255
  }
}

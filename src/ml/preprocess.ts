import type { Preprocessing } from '../models/backbone.ts'

/** Turns decoded pixels into a network's input. */
export interface PixelNormalizer {
  /**
   * Writes `(pixel - mean) / standardDeviation`, channels in the network's order.
   *
   * @param pixels uint8 `[height, width, 3]`, red first
   * @param out float32, of which `pixels.length` values from `offset` on are written
   */
  (pixels: Uint8Array, out: Float32Array, offset: number): void
}

/** Makes the normalizer of a network. There are only 256 values a channel, so they are looked up. */
export function createNormalizer({ channels, mean, standardDeviation }: Preprocessing): PixelNormalizer {
  const table = (channel: 0 | 1 | 2): Float32Array =>
    Float32Array.from({ length: 256 }, (_, pixel) => (pixel - mean[channel]) / standardDeviation[channel])
  const tables = [table(0), table(1), table(2)] as const
  const [first, second, third] = channels === 'rgb' ? ([0, 1, 2] as const) : ([2, 1, 0] as const)
  return (pixels, out, offset) => {
    const [a, b, c] = tables
    for (let index = 0; index < pixels.length; index += 3) {
      out[offset + index] = a[pixels[index + first] as number] as number
      out[offset + index + 1] = b[pixels[index + second] as number] as number
      out[offset + index + 2] = c[pixels[index + third] as number] as number
    }
  }
}

/** One channel of a layer's value for an image. */
export interface ChannelMap {
  readonly channel: number
  /** Mean of what is above 0: how much the channel found. */
  readonly activation: number
  readonly least: number
  readonly most: number
  /** uint8 `[height, width]`: 0 is `least`, 255 is `most`. */
  readonly values: Uint8Array
}

/**
 * The maps of the channels that found most in an image, the strongest first.
 *
 * @param activations float32 `[positions, channels]`
 * @param count at most so many
 */
export function strongestChannels(activations: Float32Array, channels: number, count: number): ChannelMap[] {
  const positions = activations.length / channels
  const found = Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let position = 0; position < positions; position += 1) {
      sum += Math.max(0, activations[position * channels + channel] as number)
    }
    return { channel, activation: sum / positions }
  })
  return found
    .sort((a, b) => b.activation - a.activation || a.channel - b.channel)
    .slice(0, count)
    .map(({ channel, activation }) => {
      const map = Float32Array.from(
        { length: positions },
        (_, position) => activations[position * channels + channel] as number,
      )
      return { channel, activation, ...quantize(map) }
    })
}

/** Values as bytes between their own extremes; all 0 where they are all the same. */
export function quantize(values: Float32Array): { least: number; most: number; values: Uint8Array } {
  let [least, most] = [Infinity, -Infinity]
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  const scale = most > least ? 255 / (most - least) : 0
  return { least, most, values: Uint8Array.from(values, (value) => Math.round((value - least) * scale)) }
}

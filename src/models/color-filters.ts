import type { Preprocessing } from './backbone.ts'
import type { Graph } from './graph.ts'

/** The filters of a network's first layer, which looks at the image's colours. */
export interface ColorFilters {
  readonly layer: string
  readonly height: number
  readonly width: number
  readonly count: number
  /** float32 `[count, height, width, 3]`, red, green, blue. */
  readonly values: Float32Array
}

/**
 * Finds the first convolution that takes the image itself.
 *
 * @param values of the graph's parameters, by `<node>/<role>`
 * @returns null where there is none, as where the image is first cut into channels one by one
 */
export function colorFiltersOf(
  { nodes }: Graph,
  values: ReadonlyMap<string, Float32Array>,
  { channels }: Pick<Preprocessing, 'channels'>,
): ColorFilters | null {
  const node = nodes.find(({ op }) => op === 'conv2d')
  if (node?.op !== 'conv2d') return null
  const { kernelSize, filters: count } = node.attributes
  const [height, width] = kernelSize
  const kernel = values.get(`${node.name}/kernel`)
  const colors = 3
  if (kernel === undefined || kernel.length !== height * width * colors * count) return null
  // The kernel is `[height, width, 3, count]`, in the order that the network takes colours in.
  const ordered = new Float32Array(kernel.length)
  for (let filter = 0; filter < count; filter += 1) {
    for (let place = 0; place < height * width; place += 1) {
      for (let color = 0; color < colors; color += 1) {
        const from = channels === 'bgr' ? colors - 1 - color : color
        ordered[(filter * height * width + place) * colors + color] = kernel[
          (place * colors + from) * count + filter
        ] as number
      }
    }
  }
  return { layer: node.name, height, width, count, values: ordered }
}

import { describe, expect, it } from 'vitest'
import { colorFiltersOf } from '../../src/models/color-filters.ts'
import { findBackbone } from '../../src/models/catalog.ts'

describe('the filters of the first layer', () => {
  const { graph } = { graph: findBackbone('efficientnet-lite0').build() }
  // Value = 1000 place + 100 colour + filter.
  const [places, filters] = [9, 32]
  const kernel = Float32Array.from({ length: places * 3 * filters }, (_, index) => {
    const [place, color] = [Math.floor(index / (3 * filters)), Math.floor(index / filters) % 3]
    return 1000 * place + 100 * color + (index % filters)
  })
  const values = new Map([['_conv_stem/kernel', kernel]])

  it('are one behind another, in red, green and blue', () => {
    const found = colorFiltersOf(graph, values, { channels: 'rgb' })!
    expect(found).toMatchObject({ layer: '_conv_stem', height: 3, width: 3, count: 32 })
    // The second filter's last place.
    expect([...found.values.subarray(27 + 24, 27 + 27)]).toEqual([8001, 8101, 8201])
  })

  it('are in that order where the network takes blue first, too', () => {
    const found = colorFiltersOf(graph, values, { channels: 'bgr' })!
    expect([...found.values.subarray(0, 3)]).toEqual([200, 100, 0])
  })

  it('are none where the first convolution sees no colours', () => {
    expect(colorFiltersOf(graph, new Map(), { channels: 'rgb' })).toBeNull()
  })
})

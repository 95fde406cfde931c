import { expect, test } from 'vitest'
import type { ImageClass } from '../../../../src/contract/entities.ts'
import { categoryLegend, classLegend } from '../../../../src/renderer/src/pages/map/map-legend.ts'

const map = {
  imageIds: [11, 12, 13, 14],
  x: [0, 0, 1, 1],
  y: [0, 1, 0, 1],
  classIds: [7, null, 7, 8],
  missing: 0,
}
const classOf = (id: number, color: string) => ({ id, name: `c${id}`, color }) as ImageClass

test('colours points by their classes, and counts them; what has none comes last', () => {
  const legend = classLegend(map, [classOf(7, '#ff0000'), classOf(9, '#00ff00'), classOf(8, '#0000ff')])
  expect(legend.entries.map(({ key, color, count }) => [key, color, count])).toEqual([
    [7, '#ff0000', 2],
    [8, '#0000ff', 1],
    [null, '#8a94a0', 1],
  ])
  expect(legend.places).toEqual([[0, 2], [3], [1]])
  expect([...legend.codes].map((code) => legend.palette[code])).toEqual([
    '#ff0000',
    '#8a94a0',
    '#ff0000',
    '#0000ff',
  ])
})

test('colours points by categories of images, some of which are not on the map', () => {
  const legend = categoryLegend(map, [
    { category: 'right', imageIds: [14, 99] },
    { category: 'wrong', imageIds: [] },
  ])
  expect(legend.entries.map(({ key, count }) => [key, count])).toEqual([
    ['right', 1],
    [null, 3],
  ])
  expect(legend.places[0]).toEqual([3])
})

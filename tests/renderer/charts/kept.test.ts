import { expect, it } from 'vitest'
import { kept } from '../../../src/renderer/src/charts/kept.ts'

it('keeps the list that was there where the next one says the same', () => {
  const x = [1, 2]
  const before = [
    { id: 'loss', x },
    { id: 'accuracy', x, dash: undefined },
  ]
  expect(
    kept(
      [
        { id: 'loss', x },
        { id: 'accuracy', x, dash: undefined },
      ],
      before,
    ),
  ).toBe(before)
  expect(kept([], undefined)).toEqual([])
})

it('takes the next list where an item, a column or a name in it is another', () => {
  const x = [1, 2]
  const before = [{ id: 'loss', x }]
  for (const next of [
    [],
    [{ id: 'loss', x: [1, 2] }],
    [{ id: 'accuracy', x }],
    [{ id: 'loss', x, dash: [6, 4] }],
    [
      { id: 'loss', x },
      { id: 'accuracy', x },
    ],
  ])
    expect(kept(next, before)).toBe(next)
})

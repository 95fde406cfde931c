import { describe, expect, test } from 'vitest'
import { orderClasses, permuteConfusion } from '../../../src/renderer/src/charts/confusion-order.ts'

describe('the order of a confusion matrix', () => {
  const matrix = [
    [9, 0, 1],
    [0, 30, 0],
    [4, 0, 16],
  ]

  test('is that of the run, or the most images first', () => {
    expect(orderClasses(matrix, 'class')).toEqual([0, 1, 2])
    expect(orderClasses(matrix, 'support')).toEqual([1, 2, 0])
    expect(permuteConfusion(matrix, [1, 2, 0])).toEqual([
      [30, 0, 0],
      [0, 16, 4],
      [0, 1, 9],
    ])
  })

  test('puts the classes of each confused group together, however they were mixed', () => {
    // Class i is of group i % 4; within a group one in five is taken for a neighbour in the group.
    const classes = 40
    const mixed = Array.from({ length: classes }, (_, truth) =>
      Array.from({ length: classes }, (__, predicted) =>
        truth === predicted ? 80 : predicted === (truth + 4) % classes ? 20 : 0,
      ),
    )
    const groups = orderClasses(mixed, 'cluster').map((index) => index % 4)
    const changes = groups.filter((group, place) => place > 0 && group !== groups[place - 1])
    expect(changes).toHaveLength(3)
    expect(new Set(orderClasses(mixed, 'cluster')).size).toBe(classes)
  })

  test('orders a chain of confusions end to end', () => {
    // 3 - 0 - 4 - 1 - 2: each is confused with its neighbours in the chain only.
    const chain = [3, 0, 4, 1, 2]
    const matrix = chain.map(() => chain.map(() => 0))
    chain.forEach((truth, place) => {
      matrix[truth]![truth] = 70
      for (const other of [chain[place - 1], chain[place + 1]])
        if (other !== undefined) matrix[truth]![other] = 15
    })
    const order = orderClasses(matrix, 'cluster')
    expect([order, order.toReversed()]).toContainEqual(chain)
  })

  test('is some order where nothing is confused, and of one class or none', () => {
    const right = Array.from({ length: 5 }, (_, row) =>
      Array.from({ length: 5 }, (__, column) => +(row === column)),
    )
    expect(orderClasses(right, 'cluster').sort()).toEqual([0, 1, 2, 3, 4])
    expect(orderClasses([[3]], 'cluster')).toEqual([0])
    expect(orderClasses([], 'cluster')).toEqual([])
  })
})

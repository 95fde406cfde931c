import { describe, expect, it } from 'vitest'
import { judgeNeighbours } from '../../../src/core/hygiene/judge-neighbours.ts'

const ant = 1
const bee = 2
const fly = 3
const times = (count: number, classId: number): number[][] => Array.from({ length: count }, () => [classId])
const large = () => 100

describe('what neighbours say of a class', () => {
  it('is the share of the other class less the share of its own', () => {
    expect(
      judgeNeighbours([ant], [...times(14, bee), ...times(4, ant), ...times(2, fly)], 400, large),
    ).toEqual({
      classId: bee,
      margin: 0.5,
    })
    expect(judgeNeighbours([ant], [...times(5, bee), ...times(15, ant)], 400, large)?.margin).toBe(-0.5)
  })

  it('counts a neighbour that shares one of several classes as its own', () => {
    expect(judgeNeighbours([ant, fly], [...times(5, fly), ...times(5, bee)], 400, large)?.margin).toBe(0)
  })

  it('is nothing where no neighbour is of another class, or too little is known', () => {
    expect(judgeNeighbours([ant], times(20, ant), 400, large)).toBeNull()
    expect(judgeNeighbours([ant], times(4, bee), 400, large)).toBeNull()
    expect(judgeNeighbours([ant], times(20, bee), 400, () => 2)).toBeNull()
  })

  it('asks few neighbours of an image of a small class, since more cannot be of it', () => {
    const neighbours = [...times(4, ant), ...times(16, bee)]
    expect(judgeNeighbours([ant], neighbours, 400, () => 5)?.margin).toBe(0)
    expect(judgeNeighbours([ant], neighbours, 400, large)?.margin).toBeCloseTo(0.6)
  })

  it('asks fewer where few images are labelled, as farther ones are no neighbours', () => {
    const neighbours = [...times(5, bee), ...times(15, ant)]
    expect(judgeNeighbours([ant], neighbours, 25, large)?.margin).toBe(1)
  })
})

import { describe, expect, test } from 'vitest'
import { findBackbone } from '../../../../src/models/catalog.ts'
import {
  blocksOf,
  choiceOfPhase,
  freezeOfChoice,
  nextPhase,
} from '../../../../src/renderer/src/pages/train/phases.ts'

const graph = findBackbone('efficientnet-lite0').build()

describe('phases', () => {
  test('every choice comes back from its freeze plan', () => {
    for (const choice of ['all', 'none', ...blocksOf(graph).slice(1)]) {
      expect(choiceOfPhase({ freeze: freezeOfChoice(choice, graph) }, graph)).toBe(choice)
    }
  })

  test('the first block thawed is everything thawed', () => {
    const freeze = freezeOfChoice(blocksOf(graph)[0]!, graph)
    expect(choiceOfPhase({ freeze }, graph)).toBe('none')
  })

  test('grow from the head to the later blocks to everything', () => {
    const first = nextPhase([], graph, 10)
    expect(first).toEqual({ epochs: 5, freeze: { kind: 'all' } })
    const second = nextPhase([{ ...first, learningRate: 0.01 }], graph, 10)
    expect(choiceOfPhase(second, graph)).toMatch(/^block /)
    expect(second.learningRate).toBeCloseTo(0.001, 12)
    expect(choiceOfPhase(nextPhase([first, second], graph, 10), graph)).toBe('none')
  })
})

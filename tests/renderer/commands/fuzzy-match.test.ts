import { describe, expect, test } from 'vitest'
import { fuzzyMatch } from '../../../src/renderer/src/commands/fuzzy-match.ts'

/** Texts that match, the best first. */
function ranked(query: string, ...texts: string[]): string[] {
  return texts
    .flatMap((text) => {
      const match = fuzzyMatch(query, text)
      return match ? [{ text, score: match.score }] : []
    })
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text)
}

describe('fuzzyMatch', () => {
  test('finds letters in order, and says where', () => {
    expect(fuzzyMatch('smt', 'Show matching tags')?.positions).toEqual([0, 5, 14])
    expect(fuzzyMatch('tms', 'Show matching tags')).toBeNull()
  })

  test('prefers beginnings of words, runs of letters and short texts', () => {
    expect(ranked('lab', 'Global labour', 'Label as cat', 'Select all by hand')[0]).toBe('Label as cat')
    expect(ranked('gt', 'Go to Train', 'Right')[0]).toBe('Go to Train')
    expect(ranked('undo', 'Undo the last change of all', 'Undo')[0]).toBe('Undo')
  })

  test('takes neither case nor spaces of the query to heart', () => {
    expect(fuzzyMatch('GO TR', 'Go to Train')).not.toBeNull()
  })

  test('finds Chinese', () => {
    expect(fuzzyMatch('标猫', '标注为 猫')?.positions).toEqual([0, 4])
    expect(fuzzyMatch('狗', '标注为 猫')).toBeNull()
  })

  test('finds everything by nothing', () => {
    expect(fuzzyMatch(' ', 'Undo')).toEqual({ score: 0, positions: [] })
  })
})

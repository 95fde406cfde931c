import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { classThresholds, confidentJoint, roundedToTotal } from '../../src/metrics/confident-joint.ts'
import { findLabelSuspects, type LabelErrorRule } from '../../src/metrics/label-suspects.ts'
import { labelQuality, type LabelQualityId } from '../../src/metrics/label-quality.ts'

interface Golden {
  classes: number
  cases: Record<
    string,
    {
      labels: number[]
      probabilities: number[]
      thresholds: number[]
      joint: number[][]
      issues: Record<LabelErrorRule, number[]>
      scores: Record<LabelQualityId, number[]>
    }
  >
}

/** Written by scripts/golden/label-suspects.py. */
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/golden/label-suspects.json', import.meta.url), 'utf8'),
) as Golden
const { classes } = golden

describe.each(Object.entries(golden.cases))('as cleanlab has it, of %s examples', (_, expected) => {
  const probabilities = Float32Array.from(expected.probabilities)
  const { labels } = expected

  it('the thresholds of classes and the confident joint', () => {
    classThresholds(probabilities, labels, classes).forEach((threshold, label) =>
      expect(threshold).toBeCloseTo(expected.thresholds[label]!, 6),
    )
    expect(confidentJoint(probabilities, labels, classes)).toEqual(expected.joint)
  })

  it.each<LabelErrorRule>(['noise-rate', 'confident'])('the labels that are errors by %s', (rule) => {
    const found = findLabelSuspects(probabilities, labels, classes, { rule })
    const errors = found.filter(({ isError }) => isError)
    expect(errors.length).toBeGreaterThan(4)
    expect(errors.map(({ row }) => row).sort((a, b) => a - b)).toEqual(expected.issues[rule])
  })

  it.each<LabelQualityId>(['self-confidence', 'normalized-margin'])('the quality by %s', (by) => {
    labelQuality(probabilities, labels, classes, by).forEach((quality, row) =>
      expect(quality).toBeCloseTo(expected.scores[by][row]!, 6),
    )
  })
})

// Two classes of three; in each one label is of the other class, the second less clearly so.
const labels = [0, 0, 0, 1, 1, 1]
const probabilities = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.05, 0.95, 0.1, 0.9, 0.3, 0.7, 0.75, 0.25)

describe('suspects', () => {
  it('are listed with the class to give instead, the worst first', () => {
    const found = findLabelSuspects(probabilities, labels, 2)
    expect(found.map(({ row, given, suggested, isError }) => [row, given, suggested, isError])).toEqual([
      [2, 0, 1, true],
      [5, 1, 0, true],
    ])
    expect(found[0]!.quality).toBeCloseTo(0.05, 6)
    expect(found[1]!.quality).toBeCloseTo(0.25, 6)
  })

  it('are no errors where they are the only example of a class, and none where labels are likeliest', () => {
    const alone = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.95, 0.05)
    expect(findLabelSuspects(alone, [0, 0, 1], 2)).toMatchObject([{ row: 2, isError: false }])
    const right = Float32Array.of(0.6, 0.4, 0.9, 0.1, 0.4, 0.6, 0.1, 0.9)
    expect(findLabelSuspects(right, [0, 0, 1, 1], 2)).toEqual([])
  })

  it('cannot be told from predictions that are no numbers', () => {
    expect(() => findLabelSuspects(Float32Array.of(1, 0, 0, 1, NaN, NaN), [0, 1, 1], 2)).toThrow(
      expect.objectContaining({ code: 'loss-not-finite' }),
    )
  })
})

it('whole numbers that add up are rounded down, and the largest remainders up, of equal ones the last', () => {
  expect(roundedToTotal([1.7, 1.6, 0.7], 4)).toEqual([2, 1, 1])
  expect(roundedToTotal([1.5, 1.5], 3)).toEqual([1, 2])
  expect(roundedToTotal([1.5, 0.5], 2)).toEqual([2, 0])
  expect(roundedToTotal([0.5, 0.5, 2], 3)).toEqual([0, 1, 2])
  expect(roundedToTotal([2.9999999999, 1.0000000001], 4)).toEqual([3, 1])
})

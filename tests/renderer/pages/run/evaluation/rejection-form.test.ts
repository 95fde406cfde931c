import { describe, expect, test } from 'vitest'
import {
  firstAccurate,
  sameRule,
} from '../../../../../src/renderer/src/pages/run/evaluation/rejection-form.ts'

describe('the form of a threshold', () => {
  test('finds the threshold that answers most and is as accurate as wanted, past a dip', () => {
    const points = [
      { threshold: 0.9, coverage: 0.2, accuracy: 0.9 },
      { threshold: 0.8, coverage: 0.4, accuracy: 0.95 },
      { threshold: 0.6, coverage: 0.7, accuracy: 0.95 },
      { threshold: 0.3, coverage: 1, accuracy: 0.8 },
    ]
    expect(firstAccurate(points, 0.95)).toBe(0.6)
    expect(firstAccurate(points, 0.8)).toBe(0.3)
    expect(firstAccurate(points, 0.99)).toBeNull()
  })

  test('knows what is kept already', () => {
    const rule = { threshold: 0.5, byClass: { ant: 0.7 }, calibrated: true }
    expect(sameRule(rule, { ...rule, byClass: { ant: 0.7 } })).toBe(true)
    expect(sameRule(rule, { ...rule, byClass: {} })).toBe(false)
    expect(sameRule(rule, { ...rule, byClass: { bee: 0.7 } })).toBe(false)
    expect(sameRule(rule, { ...rule, calibrated: false })).toBe(false)
    expect(sameRule(null, rule)).toBe(false)
  })
})

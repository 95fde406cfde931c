import { describe, expect, it } from 'vitest'
import { isAccepted } from '../../src/metrics/index.ts'

describe('a rejection rule', () => {
  const rule = { threshold: 0.8, byClass: { bee: 0.5 }, calibrated: false }

  it('accepts from the threshold on, and a class with a threshold of its own from that', () => {
    expect(isAccepted(rule, 'ant', 0.8)).toBe(true)
    expect(isAccepted(rule, 'ant', 0.79)).toBe(false)
    expect(isAccepted(rule, 'bee', 0.5)).toBe(true)
    expect(isAccepted(rule, 'bee', 0.49)).toBe(false)
  })

  it('knows no threshold of a class that is named as a property of every object', () => {
    expect(isAccepted(rule, 'constructor', 0.79)).toBe(false)
    expect(isAccepted({ ...rule, byClass: {} }, 'toString', 0.9)).toBe(true)
  })

  it('accepts everything where there is none', () => {
    expect(isAccepted(null, 'ant', 0.01)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { countPlaywright, countVitest, sumLine } from '../../scripts/test-counts.mjs'

const file = (status: string, tests: [string, string][]) => ({
  name: '/project/tests/a.test.ts',
  status,
  assertionResults: tests.map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
})

describe('counts of vitest', () => {
  it('are summed over files, with the skipped ones named', () => {
    const report = {
      success: false,
      testResults: [
        file('failed', [
          ['a b', 'passed'],
          ['a c', 'failed'],
        ]),
        file('passed', [['needs ../shared', 'skipped']]),
      ],
    }
    expect(countVitest(report, '/project')).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
      skippedNames: ['tests/a.test.ts: needs ../shared'],
    })
  })

  it('take a file that does not load, a report that is missing and an unhappy runner as failures', () => {
    expect(countVitest({ success: false, testResults: [file('failed', [])] }, '/').failed).toBe(1)
    expect(countVitest(null, '/').failed).toBe(1)
    expect(
      countVitest({ success: false, testResults: [file('passed', [['a', 'passed']])] }, '/').failed,
    ).toBe(1)
  })
})

describe('counts of Playwright', () => {
  const spec = (title: string, status: string) => ({ title, file: 'flow.spec.ts', tests: [{ status }] })

  it('take flaky tests as failed and find skipped ones in nested suites', () => {
    const report = {
      stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 1 },
      errors: [],
      suites: [{ specs: [spec('a', 'expected')], suites: [{ specs: [spec('electron', 'skipped')] }] }],
    }
    expect(countPlaywright(report)).toEqual({
      passed: 2,
      failed: 2,
      skipped: 1,
      skippedNames: ['flow.spec.ts: electron'],
    })
  })

  it('take an error outside of any test as a failure', () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }
    expect(countPlaywright({ stats, errors: [{ message: 'no server' }], suites: [] }).failed).toBe(1)
    expect(countPlaywright(null).failed).toBe(1)
  })
})

describe('the last line', () => {
  it('sums the runners and names skipped tests only where there are some', () => {
    const one = { passed: 3, failed: 0, skipped: 0, skippedNames: [] }
    expect(sumLine([one, one])).toBe('6 passed, 0 failed')
    expect(sumLine([one, { ...one, failed: 2, skipped: 1 }])).toBe('6 passed, 2 failed, 1 skipped')
  })
})

import { relative } from 'node:path'

/**
 * @typedef {{ passed: number, failed: number, skipped: number, skippedNames: string[] }} Counts
 */

/**
 * @param {object | null} report of vitest's JSON reporter; null where it left none, which is a failure
 * @param {string} folder what file names are told relative to
 * @returns {Counts}
 */
export function countVitest(report, folder) {
  if (!report) return { passed: 0, failed: 1, skipped: 0, skippedNames: [] }
  const counts = { passed: 0, failed: 0, skipped: 0, skippedNames: [] }
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++
      else if (test.status === 'failed') counts.failed++
      else {
        counts.skipped++
        counts.skippedNames.push(`${relative(folder, file.name)}: ${test.fullName.trim()}`)
      }
    }
    const failedInside = file.assertionResults.some(({ status }) => status === 'failed')
    // A file that does not load has no tests to fail.
    if (file.status === 'failed' && !failedInside) counts.failed++
  }
  if (!report.success && counts.failed === 0) counts.failed++
  return counts
}

/**
 * @param {object | null} report of Playwright's JSON reporter; null where it left none, which is a failure
 * @returns {Counts}
 */
export function countPlaywright(report) {
  if (!report) return { passed: 0, failed: 1, skipped: 0, skippedNames: [] }
  const { expected, unexpected, flaky, skipped } = report.stats
  const errors = unexpected === 0 ? report.errors.length : 0
  const skippedNames = report.suites.flatMap(skippedIn)
  // A test that passed only when repeated is not one that passed.
  return { passed: expected, failed: unexpected + flaky + errors, skipped, skippedNames }
}

function skippedIn(suite) {
  const own = suite.specs
    .filter((spec) => spec.tests.some((test) => test.status === 'skipped'))
    .map((spec) => `${spec.file}: ${spec.title}`)
  return [...own, ...(suite.suites ?? []).flatMap(skippedIn)]
}

/**
 * @param {Counts[]} counts
 * @returns {string} such as `12 passed, 0 failed`
 */
export function sumLine(counts) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`
}

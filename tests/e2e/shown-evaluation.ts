import { expect, type Page } from '@playwright/test'
import { scorePredictions, type Judged } from './scored-predictions.ts'

/** That a number is shown as it is to so many digits. */
export function expectShown(shown: string | undefined, expected: number, digits: number, what: string): void {
  expect(shown, what).toMatch(/^[-−+]?\d[\d.]*$/)
  const difference = Math.abs(Number(shown!.replace('−', '-')) - expected)
  expect(difference, `${what}: shown ${shown}, expected ${expected}`).toBeLessThanOrEqual(
    0.5 * 10 ** -digits + 1e-6,
  )
}
export const percentsIn = (text: string): string[] =>
  [...text.matchAll(/([\d.]+)%/g)].map((match) => match[1]!)

/** Reads all of a run's page on the test split. */
export async function expectEvaluation(page: Page, classes: readonly string[], judged: readonly Judged[]) {
  const scores = scorePredictions(classes, judged)
  const result = page.getByTestId('test-result')
  await expect(result).toContainText('95% interval')
  const text = await result.innerText()
  const interval = /95% interval ([\d.]+)% – ([\d.]+)%/.exec(text)
  expectShown(percentsIn(text)[0], 100 * scores.accuracy, 1, 'accuracy')
  scores.interval.forEach((bound, end) => expectShown(interval?.[end + 1], 100 * bound, 1, 'interval'))
  await expect(result).toContainText(`${scores.images} images never used in training`)
  expectShown(/loss ([\d.]+)/.exec(text)?.[1], scores.loss, 4, 'loss')

  const matrix = page.getByRole('grid', { name: /confusion matrix/i })
  // It is made in a frame after the numbers beside it.
  await expect(matrix).toBeVisible()
  expect(await matrix.locator('tbody th').allInnerTexts()).toEqual(classes)
  const cells = await matrix.locator('[data-truth]').allInnerTexts()
  expect(cells.map(Number)).toEqual(scores.confusion.flat())
  expect((await matrix.locator('tbody tr td:last-child').allInnerTexts()).map(Number)).toEqual(
    scores.perClass.map(({ support }) => support),
  )

  await page.getByRole('tab', { name: 'Classes', exact: true }).click()
  const table = page.getByTestId('per-class')
  await expect(table.locator('tbody tr')).toHaveCount(classes.length)
  for (const expected of scores.perClass) {
    const row = table
      .locator('tbody tr')
      .filter({ has: page.locator(`th[title=${JSON.stringify(expected.class)}]`) })
    const texts = await row.locator('td').allInnerTexts()
    for (const [index, name] of (['precision', 'recall', 'f1'] as const).entries())
      expectShown(percentsIn(texts[index]!)[0], 100 * expected[name], 1, `${name} of ${expected.class}`)
    for (const [index, bounds] of [expected.precisionInterval, expected.recallInterval].entries()) {
      const shown = /([\d.]+)–([\d.]+)%/.exec(texts[index]!)
      expect(shown === null, `interval ${index} of ${expected.class}`).toBe(bounds === null)
      bounds?.forEach((bound, end) =>
        expectShown(shown?.[end + 1], 100 * bound, 0, `interval ${index} of ${expected.class}`),
      )
    }
    expectShown(texts[3], expected.rocAuc, 3, `ROC AUC of ${expected.class}`)
    expectShown(texts[4], expected.averagePrecision, 3, `average precision of ${expected.class}`)
    expect(Number(texts[5])).toBe(expected.support)
  }
  const metrics = page.locator('section', { has: page.getByRole('heading', { name: 'Further metrics' }) })
  const shown = await metrics
    .last()
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [row.querySelector('th')!.innerText, row.querySelector('td')!.innerText] as const),
    )
  expect(shown.map(([name]) => name)).toEqual(Object.keys(scores.metrics))
  for (const [name, value] of shown) expectShown(value, scores.metrics[name]!, 3, name)
  await page.getByRole('tab', { name: 'Confusion', exact: false }).click()
}

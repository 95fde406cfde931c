import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { test, type Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Violations as lines that say what, and where. The page's policy forbids inline scripts, so axe comes as an isolated evaluation. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axeFile, 'utf8'))
  // What fades in has too little contrast on its way, and a message begins to some frames after it is there.
  await page.evaluate(async () => {
    for (let quiet = 0; quiet < 3;) {
      await new Promise(requestAnimationFrame)
      const ending = document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            effect?.getComputedTiming().endTime !== Infinity && playState === 'running',
        )
      quiet = ending.length === 0 ? quiet + 1 : 0
      await Promise.allSettled(ending.map(({ finished }) => finished))
    }
  })
  const results = await page.evaluate(
    () => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run() as Promise<AxeResults>,
  )
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}

/**
 * A test for each language and theme, on a page of its own.
 *
 * @param look gets the page, still empty, and the appearance's name for files, as `en-light`
 */
export function testEveryAppearance(
  viewport: { width: number; height: number },
  look: (page: Page, appearance: string) => Promise<void>,
): void {
  for (const locale of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      test(`has no violation that axe knows: ${locale}, ${theme}`, async ({ browser }) => {
        const context = await browser.newContext({ locale, colorScheme: theme, viewport })
        await look(await context.newPage(), `${locale}-${theme}`)
        await context.close()
      })
    }
  }
}

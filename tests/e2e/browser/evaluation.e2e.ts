import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { testEveryAppearance, violations } from '../appearances.ts'
import { drawPredictions, makeEvaluatedProject } from '../evaluated-project.ts'
import { openByTestIds } from '../open-project.ts'
import { shoot } from '../shoot.ts'
import { startServer, type Served } from '../served.ts'
import { speedSlack } from '../speed-slack.ts'

const tabs = ['confusion', 'classes', 'curves', 'calibration', 'mistakes', 'slices', 'threshold'] as const

const validation = drawPredictions(150, 6, 1)
const predictions = drawPredictions(400, 6, 2)
const rows = Array.from(predictions.truths, (truth, row) => {
  const scores = [...predictions.probabilities.subarray(row * 6, row * 6 + 6)]
  const confidence = Math.max(...scores)
  return { truth, scores, confidence, predicted: scores.indexOf(confidence) }
})
const percent = (value: number, digits = 1) => `${(100 * value).toFixed(digits)}%`

async function openRun(page: Page, run: string): Promise<void> {
  await page.goto(page.url().replace(/\/(images|runs).*$/, `/runs/${run}`))
  await expect(page.getByTestId('tabs')).toBeVisible()
}

test.describe('the evaluation of a run', () => {
  let served: Served
  let project: string
  let run: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'evaluated.thaw')
    ;({ run } = await makeEvaluatedProject(project, { validation, test: predictions }))
  })
  test.afterAll(() => served.stop())

  test('tells numbers that the predictions give when they are worked out anew', async ({ page }) => {
    await openByTestIds(page, served, project)
    await openRun(page, run)
    const mistaken = rows.filter(({ truth, predicted }) => truth === 1 && predicted === 2)
    await expect(page.locator('[data-truth="1"][data-predicted="2"]')).toHaveText(String(mistaken.length))
    await page.locator('[data-truth="1"][data-predicted="2"]').click()
    const images = page.getByRole('dialog').getByTestId('evaluated-image')
    await expect(images).toHaveCount(mistaken.length)
    await expect(images.first()).toContainText(
      percent(Math.max(...mistaken.map(({ confidence }) => confidence))),
    )
    await page.keyboard.press('Escape')

    await page.locator('[data-tab=classes]').click()
    const ofClass = page.getByTestId('per-class').getByRole('row').filter({ hasText: 'class 003' })
    const truths = rows.filter(({ truth }) => truth === 3)
    const found = truths.filter(({ predicted }) => predicted === 3).length
    await expect(ofClass.getByRole('cell').nth(0)).toContainText(
      percent(found / rows.filter(({ predicted }) => predicted === 3).length),
    )
    await expect(ofClass.getByRole('cell').nth(1)).toContainText(percent(found / truths.length))
    await expect(ofClass.getByRole('cell').last()).toHaveText(String(truths.length))
    // The probability that an image of the class gets a higher score than another.
    const others = rows.filter(({ truth }) => truth !== 3)
    let pairs = 0
    for (const one of truths) {
      for (const other of others) {
        const [own = 0, rest = 0] = [one.scores[3], other.scores[3]]
        pairs += own > rest ? 1 : own === rest ? 0.5 : 0
      }
    }
    const area = pairs / truths.length / others.length
    await expect(ofClass.getByRole('cell').nth(3)).toHaveText(area.toFixed(3))

    await page.locator('[data-tab=calibration]').click()
    let error = 0
    for (let bin = 0; bin < 15; bin += 1) {
      const inside = rows.filter(({ confidence }) => confidence > bin / 15 && confidence <= (bin + 1) / 15)
      const right = inside.filter(({ truth, predicted }) => truth === predicted).length
      error += Math.abs(right - inside.reduce((sum, { confidence }) => sum + confidence, 0)) / rows.length
    }
    await expect(page.getByTestId('calibration-before').getByTestId('calibration-error')).toHaveText(
      error.toFixed(4),
    )
    const lossOf = async (when: string) =>
      Number(await page.getByTestId(`calibration-${when}`).getByTestId('calibration-loss').innerText())
    expect(await lossOf('after')).toBeLessThan(await lossOf('before'))

    await page.locator('[data-tab=mistakes]').click()
    const wrong = rows.filter(({ truth, predicted }) => truth !== predicted)
    await expect(page.getByTestId('evaluated-image').first()).toContainText(
      percent(Math.max(...wrong.map(({ confidence }) => confidence))),
    )
    await page.locator('[data-tab=slices]').click()
    await expect(page.getByTestId('slices').getByRole('row').filter({ hasText: 'night' })).toContainText(
      percent(
        rows.filter(({ truth, predicted }, row) => row % 3 === 0 && truth === predicted).length /
          rows.filter((_, row) => row % 3 === 0).length,
      ),
    )
  })

  test('keeps a threshold with the run, and tells what it answers', async ({ page }) => {
    await openByTestIds(page, served, project)
    await openRun(page, run)
    await page.locator('[data-tab=threshold]').click()
    await page.getByRole('tabpanel').getByRole('checkbox').uncheck()
    await page.getByTestId('threshold').fill('0.8')
    const accepted = rows.filter(({ confidence }) => confidence >= 0.8)
    const right = accepted.filter(({ truth, predicted }) => truth === predicted).length
    const acceptance = page.getByTestId('acceptance')
    await expect(acceptance).toContainText(percent(accepted.length / rows.length))
    await expect(acceptance).toContainText(percent(right / accepted.length))
    await page.getByTestId('save-threshold').click()
    await expect(page.getByTestId('saved-threshold')).toContainText('80.0%')
    await page.reload()
    await page.locator('[data-tab=threshold]').click()
    await expect(page.getByTestId('saved-threshold')).toContainText('80.0%')
    await expect(page.getByRole('tabpanel').getByRole('checkbox')).not.toBeChecked()
    await page.getByTestId('remove-threshold').click()
    await expect(page.getByTestId('remove-threshold')).toHaveCount(0)
  })

  test('saves a chart as a picture and a table', async ({ page }) => {
    await openByTestIds(page, served, project)
    await openRun(page, run)
    for (const [format, kind] of [
      ['png', 'png'],
      ['svg', 'svg'],
      ['csv', 'csv'],
    ] as const) {
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: /^Save the chart Confusion matrix/ }).click()
      await page.getByTestId(`save-${format}`).click()
      expect((await download).suggestedFilename()).toBe(`${run}-test-confusion.${kind}`)
    }
  })

  test('draws two hundred classes, by pointer and by key', async ({ page }) => {
    const many = join(served.folder, 'many.thaw')
    const test = drawPredictions(2000, 200, 2)
    const made = await makeEvaluatedProject(many, { validation: drawPredictions(400, 200, 1), test })
    await openByTestIds(page, served, many)
    await openRun(page, made.run)
    const canvas = page.getByTestId('confusion-canvas')
    await canvas.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    const right = Array.from(test.truths).filter((truth, row) => {
      const scores = test.probabilities.subarray(row * 200, row * 200 + 200)
      return truth === 1 && scores.indexOf(Math.max(...scores)) === 1
    }).length
    await expect(page.getByTestId('confusion-told')).toContainText(`${right} images of class 001`)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog').getByTestId('evaluated-image')).toHaveCount(right)
  })

  test('opens with 200 classes and 10,000 images in a second, and each of its tabs', async ({ page }) => {
    const large = join(served.folder, 'large.thaw')
    const made = await makeEvaluatedProject(large, {
      validation: drawPredictions(2000, 200, 3),
      test: drawPredictions(10_000, 200, 4),
    })
    await openByTestIds(page, served, large)
    await page.goto(page.url().replace(/\/images.*$/, '/runs'))
    const link = page.locator(`a[href$="/runs/${made.run}"]`).first()
    const contents = 'svg[role=img], table, [data-testid=evaluated-image], [data-testid=confusion-canvas]'
    /** Milliseconds in the page from a click until a tab has its content, and the frame after it. */
    const msUntil = (target: string, tab: string) =>
      page.evaluate(
        async ([clicked, name, wanted]) => {
          const start = performance.now()
          const element = document.querySelector<HTMLElement>(clicked)
          // Tabs change as soon as the button is down.
          element?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }))
          element?.click()
          for (;;) {
            await new Promise(requestAnimationFrame)
            const shown = document.querySelector(`[data-tab=${name}][aria-selected=true]`)
            const panel = document.getElementById(shown?.getAttribute('aria-controls') ?? '')
            if (panel?.querySelector(wanted)) break
            if (performance.now() - start > 60_000) throw new Error(`${name} has no content in a minute`)
          }
          await new Promise(requestAnimationFrame)
          return performance.now() - start
        },
        [target, tab, contents] as const,
      )
    const times = new Map<string, number[]>()
    const note = (name: string, ms: number) => times.set(name, [...(times.get(name) ?? []), ms])
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await page.goto(page.url().replace(/\/runs.*$/, '/runs'))
      await page.reload()
      await expect(link).toBeVisible()
      note('confusion', await msUntil(`a[href$="/runs/${made.run}"]`, 'confusion'))
      for (const tab of tabs.slice(1)) note(tab, await msUntil(`[data-tab=${tab}]`, tab))
    }
    for (const [name, taken] of times) {
      console.log(`${name}: ${taken.map((ms) => (ms / 1000).toFixed(2)).join(', ')} s`)
      expect(Math.min(...taken), name).toBeLessThan(1000 * speedSlack)
    }
  })

  testEveryAppearance({ width: 1280, height: 860 }, async (page, appearance) => {
    await openByTestIds(page, served, project)
    await openRun(page, run)
    const found: string[] = []
    for (const tab of tabs) {
      await page.locator(`[data-tab=${tab}]`).click()
      await expect(
        page.getByRole('tabpanel').locator('svg[role=img], table, [data-testid=evaluated-image]').first(),
      ).toBeVisible()
      await shoot(page, `evaluation-${tab}-${appearance}`)
      for (const line of await violations(page)) found.push(`${tab}: ${line}`)
    }
    expect(found).toEqual([])
  })
})

import { expect, test } from '@playwright/test'
import { runMainFlow } from '../flow.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, type Served } from '../served.ts'

test.describe('the main job in a browser, against thaw serve', () => {
  let served: Served

  test.beforeAll(async () => {
    served = await startServer()
  })
  test.afterAll(() => served.stop())

  test('open a folder, label three, train, see the curve move, read the test accuracy', async ({ page }) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    const drawn = await drawPictures(served.folder, { images: 160, classes: 4, size: 128 })
    await page.goto(served.url)
    await runMainFlow(page, { folder: drawn.pictures, images: drawn.images, className: drawn.className })
    expect(problems).toEqual([])

    // The run is there after a reload, with the same result.
    const accuracy = await page.getByTestId('test-accuracy').innerText()
    await page.reload()
    await expect(page.getByTestId('test-accuracy')).toHaveText(accuracy)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await expect(page).toHaveURL(/\/runs$/)
    await expect(page.getByRole('row').filter({ hasText: 'Completed' })).toContainText(accuracy)
  })
})

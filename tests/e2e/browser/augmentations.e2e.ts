import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('augmentations', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'augmented.thaw')
    await thaw(
      ...[served.folder, 'sample', project, '--images', '12', '--classes', '2'],
      ...['--size', '64', '--seed', '7'],
    )
  })
  test.afterAll(() => served.stop())

  test('are chosen beside sixteen variants of an image, which follow every choice', async ({ page }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('button', { name: 'Augmentation None' }).click()
    await page.getByTestId('augmentations').click()
    const dialog = page.getByRole('dialog')
    const variants = dialog.getByTestId('variants').getByRole('img')
    const sources = () =>
      variants.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).src))
    const shown = () =>
      variants.evaluateAll(
        (images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length,
      )

    await expect(variants).toHaveCount(16)
    await expect.poll(async () => new Set(await sources()).size).toBe(1)

    await dialog.getByRole('button', { name: 'Strong' }).click()
    await expect.poll(async () => new Set(await sources()).size).toBe(16)
    await expect.poll(shown).toBe(16)
    const strong = await sources()

    await dialog.getByRole('spinbutton', { name: 'Random crop: Smallest share' }).fill('0.9')
    await page.keyboard.press('Tab')
    await expect.poll(sources).not.toEqual(strong)
    await expect(dialog.getByRole('button', { name: 'Own choice' })).toHaveAttribute('data-state', 'on')
    const changed = await sources()

    await dialog.getByRole('button', { name: 'Another image' }).click()
    await expect.poll(sources).not.toEqual(changed)
    await expect.poll(shown).toBe(16)

    await dialog.getByRole('checkbox', { name: 'Rotate' }).check()
    await expect(dialog.getByRole('spinbutton', { name: 'Rotate: Degrees' })).toHaveValue('15')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect(page.getByText('Mirror, Random crop, Rotate, RandAugment, Random erasing')).toBeVisible()
  })
})

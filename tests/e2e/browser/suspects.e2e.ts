import { cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('label errors, in a browser against thaw serve', () => {
  let served: Served
  let project: string
  /** The file names of pictures that lie in another class's folder, by the class they are of. */
  const wrong = new Map<string, string>()

  test.beforeAll(async () => {
    served = await startServer()
    const { folder } = served
    const sample = join(folder, 'drawn.thaw')
    await thaw(
      ...[folder, 'sample', sample, '--images', '60', '--classes', '2', '--size', '96', '--seed', '7'],
    )
    const { images } = await thaw<{ images: { path: string; class: string }[] }>(folder, 'images', sample)
    const classes = [...new Set(images.map((image) => image.class))]
    for (const [index, { path, class: name }] of images.entries()) {
      const other = classes.find((each) => each !== name) ?? name
      const isWrong = index % 20 === 3
      if (isWrong) wrong.set(basename(path), name)
      const into = join(folder, 'pictures', isWrong ? other : name)
      await mkdir(into, { recursive: true })
      await cp(path, join(into, basename(path)))
    }
    project = join(folder, 'suspects.thaw')
    await thaw(folder, 'init', project)
    await thaw(folder, 'import', project, join(folder, 'pictures'))
    await thaw(folder, 'train', project, '--epochs', '2')
  })
  test.afterAll(() => served.stop())

  const reviewed = (page: Page) => page.getByTestId('reviewed')
  const cells = (page: Page) => page.getByTestId('strip').getByRole('button')

  test('are found, repaired by key, undone, and a head is retrained on what was repaired', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Label errors' }).click()
    await expect(page.getByTestId('estimate')).toContainText(/About .* for 60 labelled images/)
    await page.getByTestId('find-label-errors').click()
    await expect(page.getByTestId('review')).toBeVisible({ timeout: 60_000 })

    // The worst come first: what lies in the wrong folder, with the class it is of.
    const count = await cells(page).count()
    const repaired = Math.min(count, wrong.size)
    expect(repaired).toBeGreaterThanOrEqual(2)
    await expect(reviewed(page)).toHaveText(`0 of ${count} reviewed`)
    for (let place = 0; place < repaired; place += 1) {
      const path = page.getByTestId('suspect-path')
      await expect(path).toHaveText(/\.jpg/)
      const name = basename((await path.innerText()).trim())
      expect([...wrong.keys()]).toContain(name)
      await expect(page.getByTestId('suggested')).toHaveText(wrong.get(name) ?? '')
      await expect(page.getByTestId('neighbours')).toHaveCount(2)
      await page.keyboard.press('Enter')
      await expect(reviewed(page)).toHaveText(`${place + 1} of ${count} reviewed`)
      if (place + 1 < count) await expect(path).not.toHaveText(new RegExp(name))
    }
    await expect(page.getByTestId('labels-changed')).toHaveText(`${repaired} labels changed since`)

    // Undo brings the last one back and shows it; Space keeps the label, which undo takes back too.
    await page.keyboard.press('Control+z')
    await expect(reviewed(page)).toHaveText(`${repaired - 1} of ${count} reviewed`)
    await expect(page.getByTestId('state')).toHaveCount(0)
    await page.keyboard.press('Space')
    await expect(reviewed(page)).toHaveText(`${repaired} of ${count} reviewed`)
    await page.keyboard.press('u')
    await expect(reviewed(page)).toHaveText(`${repaired - 1} of ${count} reviewed`)
    await page.keyboard.press('Enter')
    await expect(reviewed(page)).toHaveText(`${repaired} of ${count} reviewed`)

    await page.getByTestId('retrain').click()
    const effect = page.getByTestId('retrain-effect')
    await expect(effect).toBeVisible({ timeout: 60_000 })
    await expect(effect).toContainText(/Accuracy on the same \d+ test images/)
    await expect(effect.getByTestId('verdict')).not.toBeEmpty()

    // It is a run like others.
    await effect.getByRole('link', { name: 'Open the run' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('repaired labels')
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('the Train page', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'train.thaw')
    await thaw(
      ...[served.folder, 'sample', project, '--images', '24', '--classes', '2'],
      ...['--size', '64', '--seed', '7'],
    )
    await thaw(served.folder, 'train', project, '--epochs', '2')
  })
  test.afterAll(() => served.stop())

  test('shows as much as is wanted, thaws a range by dragging, and marks what is cached', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    const depth = page.getByTestId('depth')
    const tree = page.getByRole('tree')
    await expect(page.getByRole('spinbutton', { name: 'Epochs' })).toBeVisible()
    await expect(tree).toHaveCount(0)
    await depth.getByText('One click').click()
    await expect(page.getByRole('spinbutton', { name: 'Epochs' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Start the recipe Automatic' })).toBeVisible()
    await depth.getByText('Everything').click()

    const row = (name: string) => tree.getByRole('treeitem', { name: new RegExp(`^${name}\\b`) })
    // The training left the features of its 24 images, at the last layer before the head.
    await expect(row('top').getByTestId('cached-features')).toContainText(
      'Features of 24 images are cached here',
    )
    await row('block 12').hover()
    await page.mouse.down()
    await row('block 13').hover()
    await row('block 14').hover()
    await page.mouse.up()
    for (const name of ['block 12', 'block 13', 'block 14'])
      await expect(row(name)).toHaveAttribute('aria-checked', 'true')
    await expect(row('block 15')).toHaveAttribute('aria-checked', 'false')
    await expect(row('block 11')).toHaveAttribute('aria-checked', 'false')

    const first = page.getByTestId('freeze-first')
    await first.fill('0')
    await expect(row('stem')).toHaveAttribute('aria-checked', 'true')
    await expect(page.getByText('0 of 98 frozen')).toBeVisible()
    await first.fill('98')
    await expect(row('top')).toHaveAttribute('aria-checked', 'false')

    await page.getByRole('button', { name: 'Predict time and memory' }).click()
    await expect(page.getByTestId('freeze-estimate')).toContainText(/Time.+Memory.+MB/, { timeout: 120_000 })
  })

  test('saves plans, shares them as files, and says what is wrong with one', async ({ page }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    const epochs = page.getByRole('spinbutton', { name: 'Epochs' })
    await epochs.fill('7')
    await epochs.press('Tab')
    await page.getByTestId('plans').click()
    await page.getByTestId('plan-name').getByRole('textbox').fill('Seven')
    await page.getByTestId('save-plan').click()
    const saved = page.getByTestId('saved-plan')
    await expect(saved).toHaveText(/Seven/)

    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save the plan Seven as a file' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('Seven.thaw-plan.json')
    const text = await readFile(await download.path(), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ format: 'thaw-plan', name: 'Seven', plan: { epochs: 7 } })

    const broken = join(served.folder, 'broken.json')
    await writeFile(broken, text.replace('"epochs": 7', '"epochs": -7'))
    await page.getByTestId('plan-file').setInputFiles(broken)
    await expect(page.getByRole('alert')).toContainText('The setting ‘epochs’ in broken.json')
    await expect(saved).toHaveCount(1)

    const shared = join(served.folder, 'shared.json')
    await writeFile(shared, text.replace('"epochs": 7', '"epochs": 9'))
    await page.getByTestId('plan-file').setInputFiles(shared)
    await expect(epochs).toHaveValue('9')
    await expect(page.getByText('These are the settings of the plan Seven (2).')).toBeVisible()
    await page.getByTestId('plans').click()
    await expect(saved).toHaveCount(2)
    await page.getByRole('button', { name: 'Delete the plan Seven (2)' }).click()
    await expect(saved).toHaveCount(1)
    await page
      .getByTestId('saved-plan')
      .getByRole('button', { name: /^Seven/ })
      .click()
    await expect(epochs).toHaveValue('7')

    // Another run's settings take their place, from the run itself.
    await page.goto(page.url().replace(/\/train.*$/, '/runs/r1'))
    await page.getByRole('button', { name: 'Change the settings' }).click()
    await expect(epochs).toHaveValue('2')
  })

  test('a run’s charts can be taken away as files', async ({ page }) => {
    await openProject(page, served, project)
    await page.goto(page.url().replace(/\/images.*$/, '/runs/r1'))
    const loss = page.getByRole('figure', { name: 'Loss', exact: true })
    await expect(loss.getByRole('cell').first()).not.toBeEmpty()
    const take = async (kind: string): Promise<Buffer> => {
      await loss.getByTestId('save-chart').click()
      const downloading = page.waitForEvent('download')
      await page.getByTestId(`save-${kind}`).click()
      const download = await downloading
      expect(download.suggestedFilename()).toMatch(new RegExp(`Loss\\.${kind}$`))
      return readFile(await download.path())
    }
    const csv = (await take('csv'))
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split('\r\n')
    expect(csv[0]).toBe('Curve,Epoch,Loss')
    expect(csv.filter((line) => line.startsWith('Training,'))).toHaveLength(2)
    expect(csv.filter((line) => line.startsWith('Validation,'))).toHaveLength(2)
    const svg = (await take('svg')).toString('utf8')
    expect(svg).toMatch(/^<svg [\s\S]*<polyline[\s\S]*<\/svg>\n$/)
    const png = await take('png')
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
    expect(png.length).toBeGreaterThan(5000)
  })
})

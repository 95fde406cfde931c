import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('labelling by keys, in a browser against thaw serve', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 12, classes: 3, size: 96 })
    project = join(served.folder, 'labelling.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  const cells = (page: Page) => page.getByRole('grid', { name: 'Images' }).getByRole('gridcell')
  const unlabelled = (page: Page) => cells(page).filter({ hasText: 'Unlabelled' })
  const saved = (page: Page) => expect(page.getByTestId('saved')).toHaveText(/Saved/)
  /** The key of the class at a place of the panel, from 0. */
  const keyOf = (page: Page, index: number) => page.getByTestId('class').nth(index).locator('kbd').innerText()

  test('rapid mode goes from one unlabelled image to the next, and all of it is undone', async ({ page }) => {
    await openProject(page, served, project)
    await expect(cells(page)).toHaveCount(12)
    await expect(unlabelled(page)).toHaveCount(3)

    await page.keyboard.press('Shift+R')
    await expect(page.getByTestId('rapid')).toHaveText('3 left')
    await page.keyboard.press(await keyOf(page, 0))
    await expect(page.getByTestId('rapid')).toHaveText('2 left')
    // Skipped: the other one comes first. The same as before: by one key.
    await page.keyboard.press(',')
    await page.keyboard.press('.')
    await expect(page.getByTestId('rapid')).toHaveText('1 left')
    await page.keyboard.press(await keyOf(page, 1))
    await expect(page.getByTestId('rapid')).toHaveText('none left')
    await expect(unlabelled(page)).toHaveCount(0)
    await saved(page)

    await page.keyboard.press('Control+z')
    await expect(page.getByTestId('rapid')).toHaveText('1 left')
    await page.keyboard.press('u')
    await page.keyboard.press('u')
    await expect(page.getByTestId('rapid')).toHaveText('3 left')
    await expect(unlabelled(page)).toHaveCount(3)
    await page.keyboard.press('Shift+R')
    await expect(page.getByTestId('rapid')).toHaveText('Rapid mode')
  })

  test('the list is not read again for each label', async ({ page }) => {
    const lists: string[] = []
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('images.ids')) lists.push(String(payload))
      }),
    )
    await openProject(page, served, project)
    await page.getByRole('button', { name: 'Show only Unlabelled' }).click()
    await expect(cells(page)).toHaveCount(3)
    lists.length = 0
    const key = await keyOf(page, 0)
    for (const left of [2, 1]) {
      await page.keyboard.press(key)
      await expect(cells(page)).toHaveCount(left)
      await saved(page)
    }
    await page.waitForTimeout(1500)
    expect(lists).toEqual([])
    // What comes back by undo is placed by core.
    await page.keyboard.press('u')
    await page.keyboard.press('u')
    await expect(cells(page)).toHaveCount(3)
    expect(lists.length).toBeGreaterThan(0)
  })

  test('the large view zooms, walks and labels; several are compared with one zoom', async ({ page }) => {
    await openProject(page, served, project)
    await cells(page).first().click()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('position')).toHaveText('1 of 12')
    const zoom = page.getByTestId('zoom')
    await page.keyboard.press('Shift+A')
    await expect(zoom).toHaveText('100%')
    await page.keyboard.press('+')
    await expect(zoom).toHaveText('125%')
    await page.keyboard.press('Shift+Z')
    await expect(zoom).not.toHaveText('125%')
    const fitted = await zoom.innerText()
    await page.getByTestId('zoom-pane').hover()
    await page.mouse.wheel(0, -400)
    await expect(zoom).not.toHaveText(fitted)
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('position')).toHaveText('2 of 12')
    await expect(zoom).toHaveText(fitted)
    await page.getByTestId('filmstrip').getByRole('button').nth(4).click()
    await expect(page.getByTestId('position')).toHaveText('5 of 12')

    const className = page.getByTestId('view-class')
    const before = await className.innerText()
    const other = page.getByTestId('class').filter({ hasNotText: before }).first()
    await page.keyboard.press(await other.locator('kbd').innerText())
    await expect(className).not.toHaveText(before)
    await page.keyboard.press('u')
    await expect(className).toHaveText(before)
    await page.keyboard.press('Escape')

    await cells(page).first().click()
    await cells(page)
      .nth(3)
      .click({ modifiers: ['Shift'] })
    await page.keyboard.press('Shift+C')
    await expect(page.getByTestId('compared')).toHaveCount(4)
    const widths = () =>
      page
        .getByTestId('zoom-pane')
        .locator('img')
        .evaluateAll((pictures) =>
          pictures.map((picture) => Math.round(picture.getBoundingClientRect().width)),
        )
    const [small = 0] = await widths()
    await page.keyboard.press('+')
    await expect.poll(async () => (await widths()).every((width) => width > small)).toBe(true)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('compared')).toHaveCount(0)
  })

  test('the palette finds commands, classes and pages; shortcuts are changed and kept', async ({ page }) => {
    await openProject(page, served, project)
    const search = page.getByTestId('palette-search')
    await cells(page).nth(1).click()
    const name = await page.getByTestId('class').nth(2).locator('bdi').innerText()
    const before = await cells(page).nth(1).locator('bdi').innerText()
    await page.keyboard.press('Control+k')
    await search.fill(`label as ${name}`)
    await page.keyboard.press('Enter')
    await expect(cells(page).nth(1).locator('bdi')).toHaveText(name)
    await page.keyboard.press('u')
    await expect(cells(page).nth(1).locator('bdi')).toHaveText(before)

    await page.keyboard.press('Control+k')
    await search.fill('change keyb')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/shortcuts$/)
    const row = page.locator('[data-command="images.remove"]')
    await row.getByRole('button', { name: /^Add a key/ }).click()
    await page.keyboard.press('/')
    await expect(page.getByRole('alert')).toContainText('Find in paths')
    await page.getByTestId('use-key').click()
    await expect(page.locator('[data-command="images.search"]')).toContainText('no key')

    // Kept, also over a reload; and what was taken is given back.
    await page.reload()
    await expect(row.locator('kbd').filter({ hasText: '/' })).toBeVisible()
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toContainText('Remove from the project')
    await page.keyboard.press('Escape')
    await page.getByTestId('reset-shortcuts').click()
    await page.getByTestId('confirm-reset').click()
    await expect(page.locator('[data-command="images.search"] kbd')).toHaveText('/')
  })

  test('flags, doubts and notes are set by keys and seen in the grid', async ({ page }) => {
    await openProject(page, served, project)
    await cells(page).nth(2).click()
    await page.keyboard.press('Shift+F')
    await page.keyboard.press('Shift+U')
    await page.keyboard.press('Shift+M')
    await page.getByRole('dialog').getByRole('textbox').fill('Half of it is hidden')
    await page.getByTestId('save-note').click()
    const marks = cells(page)
      .nth(2)
      .getByRole('img', { name: /Flagged|Not sure|With a note/ })
    await expect(marks).toHaveCount(3)
    await saved(page)
    await page.reload()
    await expect(marks).toHaveCount(3)
    for (let step = 0; step < 3; step++) await page.keyboard.press('u')
    await expect(marks).toHaveCount(0)
  })

  test('filters combine, with counts; classes are ordered, changed and merged; the history goes back', async ({
    page,
  }) => {
    await openProject(page, served, project)
    const count = page.getByTestId('count')
    const names = () => page.getByTestId('class').locator('bdi').allInnerTexts()
    const [first = '', second = '', third = ''] = await names()

    await page.getByTestId('filter-Class').click()
    await page.getByRole('checkbox', { name: `${first}` }).check()
    await page.getByRole('checkbox', { name: `${third}` }).check()
    const counted = await page
      .locator('label')
      .filter({ has: page.getByRole('checkbox', { checked: true }) })
      .allInnerTexts()
    const sum = counted.reduce((total, text) => total + Number(/\d+$/.exec(text.trim())?.[0]), 0)
    await page.keyboard.press('Escape')
    await expect(count).toHaveText(`${sum} of 12`)
    await page.getByTestId('filter-Marks').click()
    await page.getByRole('checkbox', { name: 'Flagged' }).check()
    await page.keyboard.press('Escape')
    await expect(count).toHaveText('0 of 12')
    await page.getByRole('button', { name: 'Show all images' }).last().click()
    await expect(count).toHaveText('12 images')

    await page.getByTestId('class').first().focus()
    await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(names).toEqual([second, first, third])

    const menu = (name: string) => page.getByRole('button', { name: `Change ${name}`, exact: true })
    await menu(third).click()
    await page.getByRole('menuitem', { name: 'Name, colour, key' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Class name' }).fill('Moss')
    await page.getByRole('dialog').getByRole('textbox', { name: 'Key' }).fill('m')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await expect.poll(names).toEqual([second, first, 'Moss'])
    await expect(page.getByTestId('class').last().locator('kbd')).toHaveText('M')

    await menu('Moss').click()
    await page.getByRole('menuitem', { name: 'Merge into' }).click()
    await expect(page.getByRole('dialog')).toContainText('and Moss is deleted')
    await page.getByTestId('confirm-merge').click()
    await expect.poll(names).toEqual([second, first])

    await page.getByRole('button', { name: 'History' }).click()
    const entries = page.getByTestId('history-entry')
    await expect(entries.nth(0)).toContainText('Merged Moss into')
    await expect(entries.nth(2)).toContainText('Changed the order of the classes')
    const imported = entries.filter({ hasText: 'Imported 12 images' })
    await imported.hover()
    await imported.getByTestId('history-back').click()
    await expect(entries.nth(0)).toContainText('undone')
    await page.keyboard.press('Escape')
    await expect.poll(names).toEqual([first, second, third])
  })
})

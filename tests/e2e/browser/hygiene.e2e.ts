import { cp, mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import sharp, { type Sharp } from 'sharp'
import { testEveryAppearance, violations } from '../appearances.ts'
import { openByTestIds, openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { shoot } from '../shoot.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('the page of hygiene, in a browser against thaw serve', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 24, classes: 3, size: 160 })
    const sample = await thaw<{ images: { path: string; class: string }[] }>(
      served.folder,
      'images',
      join(served.folder, 'drawn.thaw'),
    )
    const [first, second, third, fourth] = sample.images.map(({ path }) => path) as [
      string,
      string,
      string,
      string,
    ]
    const other = sample.images.find((image) => image.class !== sample.images[0]?.class)
    const put = async (name: string, image: Sharp) => {
      const path = join(drawn.pictures, other?.class ?? '', name)
      await mkdir(dirname(path), { recursive: true })
      await image.jpeg().toFile(path)
    }
    await put('small.jpg', sharp(first).resize(110))
    await put('brighter.jpg', sharp(other?.path).linear(1.1, 4))
    await put('dark.jpg', sharp(second).linear(0.1))
    await put('blurry.jpg', sharp(third).blur(8))
    await put('tiny.jpg', sharp(fourth).resize(20))
    await cp(join(drawn.pictures, other?.class ?? '', 'dark.jpg'), join(drawn.pictures, 'dark copy.jpg'))
    project = join(served.folder, 'hygiene.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  const card = (page: Page, title: string) => page.getByRole('listitem').filter({ hasText: title }).first()

  test('a scan finds near duplicates; the best is kept, and undo brings the others back', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Hygiene' }).click()
    await expect(card(page, 'Near duplicates')).toContainText('None found')
    await expect(card(page, 'Dark')).toContainText('1')
    await page.getByTestId('scan').click()
    await expect(card(page, 'Near duplicates')).toContainText('3')
    await expect(page.getByTestId('scan')).toHaveCount(0)
    expect(await violations(page)).toEqual([])

    await page.getByRole('link', { name: 'Near duplicates' }).click()
    const groups = page.locator('ul > li').filter({ hasText: 'alike' })
    await expect(groups).toHaveCount(3)
    // Smaller copies of pictures of another class: conflicts come first.
    await expect(groups.first()).toContainText('Different classes')
    await expect(groups.nth(1)).toContainText('Different classes')
    expect(await violations(page)).toEqual([])

    await groups.first().getByRole('button', { name: 'Keep the best' }).click()
    await expect(groups).toHaveCount(2)
    await page.keyboard.press('Control+z')
    await expect(groups).toHaveCount(3)
    // Of those whose classes agree.
    await page.getByRole('button', { name: 'Keep the best of each group' }).click()
    await expect(groups).toHaveCount(2)
    await groups
      .first()
      .getByRole('button', { name: /Label all as/ })
      .first()
      .click()
    await expect(groups.filter({ hasText: 'Different classes' })).toHaveCount(1)
    await groups
      .filter({ hasText: 'Different classes' })
      .getByRole('button', { name: 'Not duplicates' })
      .click()
    await expect(groups).toHaveCount(1)
    for (const count of [2, 2, 3]) {
      await page.keyboard.press('Control+z')
      await expect(groups).toHaveCount(count)
    }
  })

  test('images are dismissed and removed one by one', async ({ page }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Hygiene' }).click()
    await page.getByRole('link', { name: 'Dark' }).click()
    await page.getByRole('button', { name: /dark.* is fine/ }).click()
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible()
    await page.keyboard.press('Control+z')
    await page.getByRole('button', { name: /Remove dark/ }).click()
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible()
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('button', { name: /Remove dark/ })).toBeVisible()
    await page.getByRole('link', { name: 'All kinds' }).click()
    await expect(card(page, 'Exact duplicates')).toContainText('1')
  })

  test('a sensitivity tells what it would find while it is moved, and is kept until it is reset', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Hygiene' }).click()
    await page.getByRole('link', { name: 'Dark' }).click()
    const slider = page.getByRole('slider', { name: /Sensitivity/ })
    await expect(slider).toHaveAttribute('aria-valuetext', 'brightness below 12%')
    await slider.focus()
    for (let press = 0; press < 8; press += 1) await page.keyboard.press('ArrowLeft')
    await expect(slider).toHaveAttribute('aria-valuetext', 'brightness below 4%')
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible()
    await page.getByTestId('sensitivity-reset').click()
    await expect(slider).toHaveAttribute('aria-valuetext', 'brightness below 12%')
    await expect(page.getByRole('button', { name: /Remove dark/ })).toBeVisible()
  })

  test('an image among another class is shown with its neighbours, and takes their class', async ({
    page,
  }) => {
    const mislabelled = join(served.folder, 'mislabelled.thaw')
    const odd = join(served.folder, 'mislabelled')
    // The rule wants more pictures of a class than the project of the flows above has.
    const drawn = join(served.folder, 'two classes.thaw')
    await thaw(
      ...[served.folder, 'sample', drawn, '--images', '80', '--classes', '2', '--size', '96', '--seed', '3'],
    )
    const classes = await readdir(join(drawn, 'pictures'))
    const [one = '', other = ''] = classes
    await cp(join(drawn, 'pictures'), odd, { recursive: true })
    const [file = ''] = await readdir(join(odd, one))
    await rename(join(odd, one, file), join(odd, other, file))
    await thaw(served.folder, 'init', mislabelled)
    await thaw(served.folder, 'import', mislabelled, odd)
    await openProject(page, served, mislabelled)
    await page.getByRole('link', { name: 'Hygiene' }).click()
    await page.getByTestId('scan').click()
    await expect(page.getByTestId('scan')).toHaveCount(0, { timeout: 60_000 })
    await page.getByRole('link', { name: 'Among another class' }).click()
    const item = page
      .locator('ul > li')
      .filter({ has: page.getByText(file, { exact: true }) })
      .first()
    await expect(item.getByRole('list').getByRole('img')).not.toHaveCount(0)
    expect(await violations(page)).toEqual([])
    await item.getByRole('button', { name: `Label as ${one}` }).click()
    await expect(item).toHaveCount(0)
    await page.keyboard.press('Control+z')
    await expect(item).toBeVisible()
    await item.getByRole('button', { name: `It is ${other}` }).click()
    await expect(item).toHaveCount(0)
  })

  testEveryAppearance({ width: 1280, height: 800 }, async (page, appearance) => {
    await openByTestIds(page, served, project)
    const base = page.url().replace(/\/images.*$/, '')
    const found: string[] = []
    for (const kind of ['', '/near-duplicates', '/exact-duplicates', '/dark']) {
      await page.goto(`${base}/hygiene${kind}`)
      // What the flows before have changed may have to be compared again.
      const [image, scan] = [page.locator('main img').first(), page.getByTestId('scan')]
      await expect(async () => {
        if (await scan.isVisible()) await scan.click()
        await expect(image).toBeVisible({ timeout: 5_000 })
      }).toPass({ timeout: 60_000 })
      for (const line of await violations(page)) found.push(`${kind}: ${line}`)
      await shoot(page, `hygiene${kind.replace('/', '-')}-${appearance}`)
    }
    expect(found).toEqual([])
  })
})

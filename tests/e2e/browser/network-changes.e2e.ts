import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('the interface while networks come and go', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'networks.thaw')
    await thaw(served.folder, 'sample', project)
  })
  test.afterAll(() => served.stop())

  test('opens pages whose code the browser gave up', async ({ page }) => {
    const given = new Map<string, number>()
    await page.route(/\/assets\/(StartPage|ImagesPage|TrainPage)-[^/]*\.js$/, async (route) => {
      const url = route.request().url()
      given.set(url, (given.get(url) ?? 0) + 1)
      await (given.get(url) === 1 ? route.abort('connectionaborted') : route.continue())
    })
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Train' }).click()
    await expect(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible()
    expect([...given.values()]).toEqual([2, 2, 2])
  })
})

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type Locator, type Page } from '@playwright/test'
import Database from 'better-sqlite3'
import { openProject } from '../open-project.ts'
import { mcnemarExact, pairedBootstrap, scorePredictions, type Judged } from '../scored-predictions.ts'
import { startServer, thaw, type Served } from '../served.ts'

const shared = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

/** So many images of each class suffice; of each class one in so many lies in the next class's folder. */
const dataSets = [
  { name: 'hymenoptera', parts: ['train', 'val'], perClass: 120, oneWrongIn: 20 },
  { name: 'flowers17', parts: ['.'], perClass: 24, oneWrongIn: 24 },
]

interface Listed {
  path: string
  sha256: string
  class: string
  split: string
}

/** Copies part of a data set into class folders. @returns the true class of each file, by its name */
async function copyPictures(
  { name, parts, perClass, oneWrongIn }: (typeof dataSets)[number],
  into: string,
): Promise<Map<string, string>> {
  const truths = new Map<string, string>()
  const files = new Map<string, string[]>()
  for (const part of parts) {
    for (const entry of await readdir(join(shared, name, part), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const folder = join(shared, name, part, entry.name)
      const pictures = (await readdir(folder)).filter((file) => file.endsWith('.jpg'))
      const before = files.get(entry.name) ?? []
      files.set(entry.name, [...before, ...pictures.sort().map((file) => join(folder, file))])
    }
  }
  const classes = [...files.keys()].sort()
  for (const [index, truth] of classes.entries()) {
    const wrong = classes[(index + 1) % classes.length]!
    for (const [place, file] of files.get(truth)!.slice(0, perClass).entries()) {
      const folder = join(into, place % oneWrongIn === 3 ? wrong : truth)
      await mkdir(folder, { recursive: true })
      await copyFile(file, join(folder, basename(file)))
      truths.set(basename(file), truth)
    }
  }
  return truths
}

/** The same server's project, where another process may open it in between. */
async function whileClosed<Value>(served: Served, work: () => Promise<Value>): Promise<[Served, Value]> {
  const ended = once(served.process, 'exit')
  served.process.kill('SIGTERM')
  await ended
  const value = await work()
  return [await startServer({ folder: served.folder }), value]
}

/** What a run says of the test images: asked anew of the model by command line, which what the run stored must agree with. */
async function askRun(folder: string, project: string, run: string, labelled: readonly Listed[]) {
  const images = labelled.filter(({ split }) => split === 'test')
  const { predictions } = await thaw<{
    predictions: { path: string; top: { class: string; probability: number }[] }[]
  }>(folder, 'predict', project, run, ...images.map(({ path }) => path))
  const byPath = new Map(predictions.map((each) => [each.path, each.top]))
  const classes = [...new Set(labelled.map((image) => image.class))].sort()
  const database = new Database(join(project, 'project.sqlite'), { readonly: true })
  const row = database
    .prepare<[string], { hashes: Buffer; probabilities: Buffer }>(
      "SELECT hashes, probabilities FROM predictions WHERE 'r' || run_number = ? AND split = 'test'",
    )
    .get(run)!
  database.close()
  expect(row.hashes.length).toBe(32 * images.length)
  const stored = new Map(
    images.map((_, place) => [
      row.hashes.toString('hex', 32 * place, 32 * place + 32),
      classes.map((_name, index) => row.probabilities.readFloatLE(4 * (place * classes.length + index))),
    ]),
  )
  const judged = images.map(({ path, sha256, class: truth }): Judged => {
    const top = byPath.get(path)!
    const probabilities = stored.get(sha256)!
    for (const { class: name, probability } of top)
      expect(probabilities[classes.indexOf(name)], `${path}: ${name}`).toBeCloseTo(probability, 3)
    return { sha256, path, truth, probabilities, predicted: top[0]!.class }
  })
  return { classes, judged, tops: byPath }
}

/** That a number is shown as it is to so many digits. */
function expectShown(shown: string | undefined, expected: number, digits: number, what: string): void {
  expect(shown, what).toMatch(/^[-−+]?\d[\d.]*$/)
  const difference = Math.abs(Number(shown!.replace('−', '-')) - expected)
  expect(difference, `${what}: shown ${shown}, expected ${expected}`).toBeLessThanOrEqual(
    0.5 * 10 ** -digits + 1e-6,
  )
}
const percentsIn = (text: string): string[] => [...text.matchAll(/([\d.]+)%/g)].map((match) => match[1]!)

const hashesIn = async (images: Locator): Promise<string[]> => {
  const sources = await images.evaluateAll((all) => all.map((each) => each.getAttribute('src') ?? ''))
  return sources.map((source) => source.split('/').at(-1)!.slice(0, 64))
}

/** Reads all of a run's page on the test split. */
async function expectEvaluation(page: Page, classes: readonly string[], judged: readonly Judged[]) {
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

test.describe('the whole loop on photographs, every number reckoned again', () => {
  for (const dataSet of dataSets) {
    test.describe(dataSet.name, () => {
      test.setTimeout(600_000)
      test.skip(!existsSync(join(shared, dataSet.name)), `${dataSet.name} is not beside the checkout`)
      let served: Served
      test.beforeAll(async () => void (served = await startServer()))
      test.afterAll(() => served.stop())

      test('train, look into a mistake, repair labels, retrain the head, compare', async ({ page }) => {
        const { folder } = served
        const pictures = join(folder, 'pictures')
        const trueClasses = await copyPictures(dataSet, pictures)
        const project = join(folder, 'loop.thaw')
        await thaw(folder, 'init', project)
        await thaw(folder, 'import', project, pictures)
        await thaw(folder, 'split', project, '--validation', '0.15', '--test', '0.3')

        await openProject(page, served, project)
        await page.getByRole('link', { name: 'Train', exact: true }).click()
        const epochs = page.getByRole('spinbutton', { name: 'Epochs' })
        await epochs.fill('6')
        await epochs.press('Tab')
        await page.getByTestId('train').click()
        await expect(page).toHaveURL(/\/runs\/r1$/)
        await expect(page.getByTestId('test-result')).toContainText('95% interval', { timeout: 300_000 })

        const labelled = async () => (await thaw<{ images: Listed[] }>(folder, 'images', project)).images
        const [reopened, before] = await whileClosed(served, async () => {
          const images = await labelled()
          return { images, ...(await askRun(folder, project, 'r1', images)) }
        })
        served = reopened
        await openProject(page, served, project)
        await page.goto(page.url().replace(/\/images.*$/, '/runs/r1'))
        await expectEvaluation(page, before.classes, before.judged)

        // The cell of an image that lies in the wrong folder, and is recognised for all that.
        const opened = before.judged.find(
          ({ path, truth, predicted }) =>
            truth !== predicted && predicted === trueClasses.get(basename(path)),
        )!
        const cell = before.judged
          .filter(({ truth, predicted }) => truth === opened.truth && predicted === opened.predicted)
          .sort((a, b) => Math.max(...b.probabilities) - Math.max(...a.probabilities))
        await page
          .locator(
            `[data-truth="${before.classes.indexOf(opened.truth)}"]` +
              `[data-predicted="${before.classes.indexOf(opened.predicted)}"]`,
          )
          .click()
        const dialog = page.getByRole('dialog')
        const shown = dialog.getByTestId('evaluated-image')
        await expect(shown).toHaveCount(cell.length)
        expect(await hashesIn(shown.locator('img'))).toEqual(cell.map(({ sha256 }) => sha256))
        for (const [index, text] of (await shown.allInnerTexts()).entries())
          expectShown(percentsIn(text)[0], 100 * Math.max(...cell[index]!.probabilities), 1, 'sure')

        // Its heat map, and the same probabilities as the command line has.
        await shown.nth(cell.indexOf(opened)).click()
        const colors = () =>
          page.getByTestId('heat-map').evaluate((canvas: HTMLCanvasElement) => {
            const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
            return new Set(new Uint32Array(data.buffer)).size
          })
        await expect.poll(colors).toBeGreaterThan(20)
        await expect(dialog.getByRole('status')).toContainText(opened.predicted)
        const top = before.tops.get(opened.path)!
        const bars = page.getByTestId('probability')
        for (const [index, { class: name, probability }] of top.entries()) {
          const bar = bars.nth(index)
          expect(await bar.locator('bdi').innerText()).toBe(name)
          const share = Number(percentsIn(await bar.innerText())[0])
          expect(Math.abs(share - 100 * probability), `${name}: ${share}%`).toBeLessThan(0.1)
          await expect(bar).toHaveAttribute('aria-pressed', String(name === opened.predicted))
        }
        await page.keyboard.press('Escape')

        // Those in the wrong folders are given the class they are of; what else is in doubt is kept.
        await page.getByRole('link', { name: 'Label errors' }).click()
        await page.getByTestId('find-label-errors').click()
        await expect(page.getByTestId('review')).toBeVisible({ timeout: 120_000 })
        const classOf = new Map(before.images.map((image) => [basename(image.path), image]))
        const relabelled = new Map<string, Listed & { to: string }>()
        const count = await page.getByTestId('strip').getByRole('button').count()
        for (let reviewed = 0; reviewed < count; reviewed += 1) {
          const path = page.getByTestId('suspect-path')
          await expect(path).toHaveText(/\.jpg/)
          const image = classOf.get(basename((await path.innerText()).trim()))!
          const truth = trueClasses.get(basename(image.path))!
          await expect(page.getByTestId('given')).toHaveText(image.class)
          const repairs = truth !== image.class && (await page.getByTestId('suggested').innerText()) === truth
          if (repairs) relabelled.set(image.sha256, { ...image, to: truth })
          await page.keyboard.press(repairs ? 'Enter' : 'Space')
          await expect(page.getByTestId('reviewed')).toHaveText(`${reviewed + 1} of ${count} reviewed`)
          if (reviewed + 1 < count) await expect(path).not.toHaveText(new RegExp(basename(image.path)))
        }
        expect(relabelled.has(opened.sha256)).toBe(true)

        await page.getByTestId('retrain').click()
        const effect = page.getByTestId('retrain-effect')
        await expect(effect).toBeVisible({ timeout: 120_000 })
        const effectText = await effect.innerText()

        const [again, after] = await whileClosed(served, async () =>
          askRun(folder, project, 'r2', await labelled()),
        )
        served = again
        expect(after.classes).toEqual(before.classes)
        for (const { sha256, truth } of after.judged) {
          const old = before.judged.find((each) => each.sha256 === sha256)!
          expect(truth).toBe(relabelled.get(sha256)?.to ?? old.truth)
        }

        // Both by the labels as they are now.
        const pairs = after.judged.map((second) => {
          const first = before.judged.find(({ sha256 }) => sha256 === second.sha256)!
          return { sha256: second.sha256, truth: second.truth, a: first.predicted, b: second.predicted }
        })
        const images = pairs.length
        const b = pairs.filter((pair) => pair.a === pair.truth && pair.b !== pair.truth).length
        const c = pairs.filter((pair) => pair.a !== pair.truth && pair.b === pair.truth).length
        const share = (side: 'a' | 'b') => pairs.filter((pair) => pair[side] === pair.truth).length / images
        const flips = pairs.filter((pair) => pair.a !== pair.b)
        const p = mcnemarExact(b, c)

        expect(effectText).toContain(`Accuracy on the same ${images} test images`)
        const [effectBefore, effectAfter] = percentsIn(effectText)
        expectShown(effectBefore, 100 * share('a'), 1, 'accuracy before')
        expectShown(effectAfter, 100 * share('b'), 1, 'accuracy after')
        const changed = [...relabelled.values()]
        const inSplit = (split: string) => changed.filter((image) => image.split === split).length
        expect(effectText).toMatch(new RegExp(`\\b${inSplit('train')} training labels? w`))
        expect(effectText).toMatch(new RegExp(`\\b${inSplit('test')} held-out labels? w`))

        await openProject(page, served, project)
        await page.goto(page.url().replace(/\/images.*$/, '/runs/r2'))
        await expectEvaluation(page, after.classes, after.judged)
        await page.getByRole('link', { name: 'Runs', exact: true }).click()
        for (const id of ['r1', 'r2']) await page.locator(`tr[data-line=${id}]`).getByRole('checkbox').check()
        await page.getByTestId('compare').click()
        await expect(page).toHaveURL(/compare\?runs=/)
        await page.goto(page.url().replace(/runs=.*$/, 'runs=r1,r2'))

        const verdict = page.locator('[data-verdict=r2]')
        const [words, accuracies, fixed, broken] = await verdict.getByRole('cell').allInnerTexts()
        expectShown(percentsIn(accuracies!)[0], 100 * share('b'), 1, 'accuracy of the second')
        expectShown(percentsIn(accuracies!)[1], 100 * share('a'), 1, 'accuracy of the first')
        expect(Number(fixed)).toBe(c)
        expect(Number(broken)).toBe(b)
        const evidence =
          /(\S+) points \(95% interval (\S+) to (\S+)\) on the same (\d+) test images, p = (\S+) by/.exec(
            words!,
          )
        expectShown(evidence?.[1], (100 * (c - b)) / images, 1, 'difference')
        pairedBootstrap(b, c, images).forEach((bound, end) =>
          expectShown(evidence?.[end + 2], 100 * bound, 1, 'interval of the difference'),
        )
        expect(Number(evidence?.[4])).toBe(images)
        expect(evidence?.[5]).toBe(p < 0.001 ? '<0.001' : String(Number(p.toPrecision(2))))
        const word = p >= 0.05 ? 'beyond noise' : c > b ? 'is better than' : 'is worse than'
        expect(words).toContain(word)

        // Each run's own accuracy is by the labels that it was trained on.
        const own = await page
          .getByTestId('settings')
          .locator('tbody tr')
          .last()
          .locator('td')
          .allInnerTexts()
        for (const [index, { classes, judged }] of [before, after].entries())
          expectShown(
            percentsIn(own[index]!)[0],
            100 * scorePredictions(classes, judged).accuracy,
            1,
            'own accuracy',
          )

        const otherwise = page.getByRole('region', { name: /^Predicted differently by/ })
        const flipped = otherwise.getByTestId('compared-image')
        await expect(flipped).toHaveCount(flips.length)
        const flippedHashes = await hashesIn(flipped.locator('img'))
        expect([...flippedHashes].sort()).toEqual(flips.map(({ sha256 }) => sha256).sort())
        for (const [index, sha256] of flippedHashes.entries()) {
          const flip = flips.find((each) => each.sha256 === sha256)!
          expect(await flipped.nth(index).locator('bdi').allInnerTexts()).toEqual([
            flip.truth,
            flip.a,
            flip.b,
          ])
        }

        const data = page.getByRole('region', { name: /^What changed in the data for/ })
        const changes = data.getByTestId('compared-image')
        await expect(changes).toHaveCount(changed.length)
        const changedHashes = await hashesIn(changes.locator('img'))
        expect([...changedHashes].sort()).toEqual([...relabelled.keys()].sort())
        for (const [index, sha256] of changedHashes.entries()) {
          const { class: from, to } = relabelled.get(sha256)!
          expect(await changes.nth(index).locator('bdi').allInnerTexts()).toEqual([from, to])
        }
      })
    })
  }
})

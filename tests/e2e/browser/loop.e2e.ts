import { once } from 'node:events'
import { basename, join } from 'node:path'
import { expect, test, type Locator } from '@playwright/test'
import { askRun, type Listed } from '../asked-run.ts'
import { copyMislabelled, hasPhotographs, type PhotographSet } from '../mislabelled-photographs.ts'
import { openProject } from '../open-project.ts'
import { mcnemarExact, pairedBootstrap, scorePredictions } from '../scored-predictions.ts'
import { startServer, thaw, type Served } from '../served.ts'
import { expectEvaluation, expectShown, percentsIn } from '../shown-evaluation.ts'

const dataSets: PhotographSet[] = [
  { name: 'hymenoptera', parts: ['train', 'val'], perClass: 120, oneWrongIn: 8 },
  { name: 'flowers17', parts: ['.'], perClass: 24, oneWrongIn: 24 },
]

/** The same server's project, where another process may open it in between. */
async function whileClosed<Value>(served: Served, work: () => Promise<Value>): Promise<[Served, Value]> {
  const ended = once(served.process, 'exit')
  served.process.kill('SIGTERM')
  await ended
  const value = await work()
  return [await startServer({ folder: served.folder }), value]
}

const hashesIn = async (images: Locator): Promise<string[]> => {
  const sources = await images.evaluateAll((all) => all.map((each) => each.getAttribute('src') ?? ''))
  return sources.map((source) => source.split('/').at(-1)!.slice(0, 64))
}

test.describe('the whole loop on photographs, every number reckoned again', () => {
  for (const dataSet of dataSets) {
    test.describe(dataSet.name, () => {
      test.setTimeout(600_000)
      test.skip(!hasPhotographs(dataSet.name), `${dataSet.name} is not beside the checkout`)
      let served: Served
      test.beforeAll(async () => void (served = await startServer()))
      test.afterAll(() => served.stop())

      test('train, look into a mistake, repair labels, retrain the head, compare', async ({ page }) => {
        const { folder } = served
        const pictures = join(folder, 'pictures')
        const trueClasses = await copyMislabelled(dataSet, pictures)
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
        // It lies in the wrong folder: its class is given where that is seen.
        await dialog.getByTestId('image-label').getByRole('combobox').click()
        await page
          .getByRole('option')
          .filter({ has: page.getByText(opened.predicted, { exact: true }) })
          .click()
        await expect(dialog.getByTestId('image-label')).toContainText(`It was ${opened.truth} when the run`)
        await page.keyboard.press('Escape')

        // Those in the wrong folders are given the class they are of; what else is in doubt is kept.
        await page.getByRole('link', { name: 'Label errors' }).click()
        await page.getByTestId('find-label-errors').click()
        await expect(page.getByTestId('review')).toBeVisible({ timeout: 120_000 })
        const classOf = new Map(before.images.map((image) => [basename(image.path), image]))
        const relabelled = new Map<string, Listed & { to: string }>()
        relabelled.set(opened.sha256, { ...classOf.get(basename(opened.path))!, to: opened.predicted })
        const ofAll = /^0 of (\d+) reviewed$/.exec(await page.getByTestId('reviewed').innerText())
        const count = Number(ofAll?.[1])
        expect(count).toBeGreaterThan(0)
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
        expect(relabelled.size).toBeGreaterThan(1)

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
        await expect(verdict).toContainText('by McNemar')
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
        const last = page.getByTestId('settings').locator('tbody tr').last()
        await expect(last).toContainText('%')
        const own = await last.locator('td').allInnerTexts()
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

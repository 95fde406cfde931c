import { describe, expect, it } from 'vitest'
import { reportLanguages } from '../../src/contract/requests/reports.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { aReportedRun, aRun, drawnEvaluation, runReportData, sha256 } from './report-fixture.ts'

const picture = { sha256, name: 'ant/<img>.jpg', thumbnail: 'data:image/jpeg;base64,/9j/' }
const mistake = {
  imageId: 1,
  sha256,
  truth: 'ant',
  predicted: 'bee',
  probability: 0.987,
  truthProbability: 0.01,
  loss: 4.6,
  picture,
}
/** What stands in a report, without marks. */
const textOf = (html: string): string =>
  html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ')

describe('the report of a run', () => {
  it.each(reportLanguages)('is one document that loads and runs nothing, in %s', (language) => {
    const data = runReportData({ mistakes: { total: 1, shown: [mistake] } })
    const html = runReport(data, language)
    expect(html).toMatch(/^<!doctype html>\n<html lang="/)
    expect(html).toContain(`<html lang="${language}"`)
    expect(html).not.toMatch(/<script|javascript:|\son\w+=/i)
    const loaded = [...html.matchAll(/(?:src|href|action|data)="([^"]*)"/g)].map(
      ([, address]) => address ?? '',
    )
    expect(loaded.filter((address) => !/^(#|data:image\/jpeg;base64,)/.test(address))).toEqual([])
    expect(html).not.toMatch(/url\((?!#)|@import/)
    // No value, and no name of one, is left over.
    expect(textOf(html)).not.toMatch(/\{\w+\}|undefined|NaN|\[object/)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('escapes every name that a person gave, and keeps its direction of writing', () => {
    const names = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>']
    const run = aRun({
      name: '<b>&"name\'',
      classes: names,
      tags: ['<i>'],
      note: '</p><script>',
      device: '<device>',
    })
    const evaluation = drawnEvaluation(60, names)
    const data = runReportData({
      run,
      evaluation,
      mistakes: { total: 1, shown: [{ ...mistake, truth: names[0]!, predicted: names[1]! }] },
      baselines: {
        majority: { class: names[0]!, accuracy: 0.5, images: 60 },
        scratch: null,
        frozenHead: null,
      },
    })
    const html = runReport(data, 'en')
    expect(html).not.toMatch(/<script|<img src=x|<i>|<device>|<img>/)
    expect(html).toContain('<h1><bdi>&lt;b&gt;&amp;&quot;name&#39;</bdi></h1>')
    expect(html).toContain('<th scope="row"><bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></th>')
    expect(html).toContain('alt="&lt;img&gt;.jpg"')
  })

  it('says how good the run is in numbers of its evaluation, against guessing', () => {
    const evaluation = drawnEvaluation(60, ['ant', 'bee'])
    const majority = { class: 'bee', accuracy: 0.05, images: 60 }
    const data = runReportData({ evaluation, baselines: { majority, scratch: null, frozenHead: null } })
    const text = textOf(runReport(data, 'en'))
    const percent = (value: number) => `${(value * 100).toFixed(1)}%`
    const [low, high] = evaluation.interval95
    expect(text).toContain(
      `Of 60 test images, which were not used in training, ${percent(evaluation.accuracy)} are put into the right class (95% interval ${percent(low)} to ${percent(high)}`,
    )
    expect(text).toContain('Whoever always says bee')
    expect(text).toContain('the run is better than that beyond chance')
    for (const row of evaluation.perClass) {
      expect(text).toContain(`${row.class}${percent(row.precision)}`)
      expect(text).toContain(`${row.rocAuc?.toFixed(3)}`)
    }
  })

  it('tells whether transfer helped by the test against the run from scratch', () => {
    const scratch = aRun({ id: 'r7', name: 'from nothing', datasetVersion: 'other' })
    const pair = {
      split: 'test',
      images: 60,
      accuracies: [0.5, 0.8],
      difference: 0.3,
      interval95: [0.2, 0.4],
      b: 1,
      c: 19,
      p: 0.00004,
      significant: true,
    } as const
    const data = runReportData({
      baselines: {
        majority: null,
        scratch: { runId: 'r7', pair: { ...pair, accuracies: [0.5, 0.8], interval95: [0.2, 0.4] } },
        frozenHead: null,
      },
      baselineRuns: new Map([['r7', scratch]]),
    })
    const text = textOf(runReport(data, 'en'))
    expect(text).toContain('Transfer helped: the run is better than from nothing (r7)')
    expect(text).toContain('The two were trained on different labels or splits.')
    expect(text).toContain('+30.0 percentage points (95% interval +20.0 to +40.0, paired bootstrap)')
    expect(text).toContain('p < 0.001'.replace('<', '&lt;'))
    expect(text).toContain('No run trained a linear head alone on this backbone.')
  })

  it('draws the matrix of few classes, and lists the most frequent mistakes of many', () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`)
    const html = (count: number) => {
      const run = aRun({ classes: names(count) })
      return runReport(runReportData({ run, evaluation: drawnEvaluation(400, run.classes) }), 'en')
    }
    const few = html(30)
    expect(few).toContain('<title>Confusion</title>')
    const many = html(31)
    expect(many).not.toContain('<title>Confusion</title>')
    expect(textOf(many)).toContain('With 31 classes a matrix would not be readable on paper')
    expect(many.match(/<section id="confusion"[\s\S]*?<\/section>/)?.[0].match(/<tr>/g)).toHaveLength(41)
  })

  it('shows the mistakes with pictures, or by hash alone where they are private', () => {
    const mistakes = { total: 3, shown: [mistake, { ...mistake, picture: { ...picture, thumbnail: null } }] }
    const withPictures = runReport(runReportData({ mistakes }), 'en')
    expect(withPictures.match(/<img /g)).toHaveLength(1)
    expect(textOf(withPictures)).toContain('no picturetrue: anttaken for: beesure: 98.7%')
    const data = runReportData({
      mistakes: { total: 3, shown: [{ ...mistake, picture: { sha256, name: null, thumbnail: null } }] },
      withPictures: false,
    })
    const without = runReport(data, 'en')
    expect(without).not.toContain('<img ')
    expect(without).not.toContain('.jpg')
    expect(without).toContain(sha256.slice(0, 16))
  })

  it('holds what repeats the run: dataset version, weights, command, plan and the hash of the model', () => {
    const run = aRun({ planned: { seed: 42, head: '512:relu,dropout:0.3' } })
    const html = runReport(runReportData({ run }), 'en')
    for (const hash of [run.datasetVersion, run.modelSha256!, sha256]) expect(html).toContain(hash)
    expect(html).toContain('thaw train moths.thaw --name first --backbone efficientnet-lite0')
    expect(html).toContain('--seed 42')
    expect(html).toContain('&quot;format&quot;: &quot;thaw-plan&quot;')
    const changed = { ...aReportedRun(run, null), isCurrent: false }
    expect(textOf(runReport(runReportData({ reported: changed }), 'en'))).toContain(
      'The project has changed since',
    )
  })

  it('marks where phases began, and says what was frozen', () => {
    const run = aRun({
      planned: {
        mode: 'fine-tune',
        epochs: 3,
        phases: [
          { epochs: 1, freeze: { kind: 'all' } },
          { epochs: 2, freeze: { kind: 'first', count: 12 }, learningRate: 1e-4 },
        ],
      },
    })
    const reported = {
      ...aReportedRun(run, null),
      phaseStarts: [
        { phase: 1, epoch: 0 },
        { phase: 2, epoch: 1 },
      ],
    }
    const html = runReport(runReportData({ reported }), 'en')
    expect(textOf(html)).toContain(
      'Phase 2: from epoch 2 on: frozen the first 12 layers, learning rate 0.0001',
    )
    expect(html.match(/stroke-dasharray="5 4"/g)).toHaveLength(2)
  })

  it('says so where a run ended before there was anything to measure', () => {
    const reported = { ...aReportedRun(aRun({ status: 'failed', modelSha256: null }), null), curves: [] }
    const text = textOf(runReport(runReportData({ reported }), 'en'))
    expect(text).toContain('There is no result: the run ended before it was evaluated.')
    expect(text).toContain('No epoch has ended.')
    expect(text).toContain('none: the run ended before it had a model')
  })
})

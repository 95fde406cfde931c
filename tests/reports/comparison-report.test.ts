import { describe, expect, it } from 'vitest'
import { reportLanguages } from '../../src/contract/requests/reports.ts'
import { comparisonReport } from '../../src/reports/comparison-report.ts'
import { aReportedRun, aRun, comparisonData, drawnEvaluation, sha256 } from './report-fixture.ts'

const textOf = (html: string): string =>
  html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ')

describe('the report of a comparison', () => {
  it.each(reportLanguages)('is one document that loads and runs nothing, in %s', (language) => {
    const html = comparisonReport(comparisonData(), language)
    expect(html).not.toMatch(/<script|url\((?!#)|@import|\b(?:src|href)="(?!#)/)
    expect(textOf(html)).not.toMatch(/\{\w+\}|undefined|NaN|\[object/)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says in words whether one is better, with what stands behind it', () => {
    const text = textOf(comparisonReport(comparisonData(), 'en'))
    expect(text).toContain('bold (r2) is not better or worse than timid (r1) beyond noise.')
    expect(text).toContain(
      '+10.0 percentage points (95% interval +2.0 to +18.0, paired bootstrap) on the same 60 test images; McNemar’s exact test: only the baseline is right in 1, only this run in 7, p = 0.070.',
    )
    expect(text).toContain(
      'Of 60 images that both predicted, bold (r2) puts 7 right that timid (r1) has wrong, breaks 1 that it has right',
    )
  })

  it('tells the settings that differ and no others, a few runs beside each other', () => {
    const evaluation = drawnEvaluation(60, ['ant', 'bee'])
    const runs = Array.from({ length: 7 }, (_, index) =>
      aReportedRun(aRun({ id: `r${index + 1}`, name: `run ${index}`, planned: { seed: index } }), evaluation),
    )
    const data = comparisonData({
      runs,
      baseline: runs[0]!.run,
      settings: [
        { key: 'seed', values: [0, 1, 2, 3, 4, 5, 6], differs: true },
        { key: 'epochs', values: [10, 10, 10, 10, 10, 10, 10], differs: false },
      ],
    })
    const [section = ''] =
      /<section id="differing"[\s\S]*?<\/section>/.exec(comparisonReport(data, 'en')) ?? []
    expect(section.match(/<table/g)).toHaveLength(2)
    expect(textOf(section)).toContain('Seed01234')
    expect(section).not.toContain('Epochs')
  })

  it('lists flips and changed labels, whatever the names', () => {
    const data = comparisonData()
    const picture = { sha256, name: 'a/<b>.jpg', thumbnail: null }
    const flip = {
      sha256,
      imageId: 1,
      path: '/nowhere/a/<b>.jpg',
      truth: '<script>',
      a: { class: 'bee', probability: 0.6 },
      b: { class: '<script>', probability: 0.9 },
      picture,
    }
    const change = {
      kind: 'label',
      sha256,
      imageId: 1,
      path: null,
      from: { class: 'bee', split: 'train' },
      to: { class: '<script>', split: 'train' },
      picture,
    } as const
    const [first] = data.comparisons
    const html = comparisonReport(
      {
        ...data,
        comparisons: [
          {
            ...first!,
            flips: { ...first!.flips, shown: [flip] },
            data: { ...first!.data, counts: { label: 3, split: 0, added: 0, removed: 0 }, labels: [change] },
          },
        ],
      },
      'en',
    )
    expect(html).not.toContain('<script')
    expect(textOf(html)).toContain('put righttrue: &lt;script&gt;r1: bee 60%r2: &lt;script&gt; 90%')
    expect(textOf(html)).toContain('Changed labels, 1 of 3:')
    expect(textOf(html)).toContain('a/&lt;b&gt;.jpgbee&lt;script&gt;')
  })
})

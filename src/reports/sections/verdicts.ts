import type { Section } from '../page/document.ts'
import { markup, sentence } from '../page/markup.ts'
import type { ComparisonReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { evidence, listOf, runNamed } from './result.ts'

/** Which run is better than the baseline, in words, with what stands behind it. */
export function verdictsSection(
  { baseline, comparisons }: ComparisonReportData,
  words: ReportWords,
): Section {
  const texts = words.text.compare
  return {
    id: 'verdicts',
    heading: texts.verdicts,
    body: [
      listOf(
        comparisons.map(({ run, pair }) => {
          const names = { name: runNamed(run), baseline: runNamed(baseline) }
          if (pair === null) return sentence(texts.incomparable, names)
          const word = !pair.significant ? 'noise' : pair.difference > 0 ? 'better' : 'worse'
          return markup`<b data-verdict="${run.id}">${sentence(texts[word], names)}</b> <span class="small">${evidence(pair, words)}</span>`
        }),
      ),
      comparisons.length > 1 ? markup`<p class="small">${texts.multiple}</p>` : null,
    ],
  }
}

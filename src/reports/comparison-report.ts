import { reportDocument, type Section } from './page/document.ts'
import { markup, named, sentence, type MarkupValue } from './page/markup.ts'
import { pairList } from './page/tables.ts'
import type { ComparisonReportData, ReportLanguage } from './report-data.ts'
import { changesPart } from './sections/changes.ts'
import { flipsPart } from './sections/flips.ts'
import { overlaySection } from './sections/overlay.ts'
import { repeatSteps } from './sections/repeat.ts'
import { runNamed } from './sections/result.ts'
import { differingSection, runsSection } from './sections/runs.ts'
import { verdictsSection } from './sections/verdicts.ts'
import { reportWords } from './texts/report-words.ts'

/** Of more runs the plans as files would be most of the report; a command says the same of each. */
const mostWithPlan = 4

/** The report of several runs: an HTML document that needs no other file, no script and no network. */
export function comparisonReport(data: ComparisonReportData, language: ReportLanguage): string {
  const words = reportWords(language)
  const { text, date, number } = words
  const { origin, runs, baseline, comparisons } = data
  const facts: [string, MarkupValue][] = [
    [text.facts.project, named(origin.project.name)],
    [text.facts.baseline, runNamed(baseline)],
    [
      text.facts.runs,
      comparisons.map(({ run }, index) => markup`${index > 0 ? markup`<br>` : null}${runNamed(run)}`),
    ],
    [text.facts.made, date(origin.madeAt)],
  ]
  const sections: Section[] = [
    verdictsSection(data, words),
    runsSection(data, words),
    differingSection(data, words),
    overlaySection(data, words),
    ...comparisons.map((comparison) => ({
      id: `against-${comparison.run.id}`,
      heading: sentence(text.compare.against, {
        name: runNamed(comparison.run),
        baseline: runNamed(baseline),
      }),
      body: [flipsPart(comparison, data, words), changesPart(comparison, words)],
    })),
    {
      id: 'repeat',
      heading: text.repeat.heading,
      body: runs.map(
        (reported) =>
          markup`<h3>${runNamed(reported.run)}</h3>${repeatSteps(reported, origin, words, runs.length <= mostWithPlan)}`,
      ),
    },
  ]
  const names = [baseline, ...comparisons.map(({ run }) => run)].map((run) => run.name).join(' – ')
  return reportDocument({
    language,
    title: text.comparison.titleOf.replace('{names}', () => names),
    head: markup`<p class="kind"><b>Thaw</b> · ${text.comparison.kind}</p><h1>${sentence(text.comparison.title, { count: number(runs.length) })}</h1>${pairList(facts, 'facts')}`,
    contents: text.contents,
    sections,
    footer: sentence(text.footer, { version: origin.version, date: date(origin.madeAt) }),
  })
}

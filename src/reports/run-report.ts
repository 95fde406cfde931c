import { reportDocument, type Section } from './page/document.ts'
import { markup, named, sentence, type MarkupValue } from './page/markup.ts'
import { pairList } from './page/tables.ts'
import type { ReportLanguage, RunReportData } from './report-data.ts'
import { calibrationSection } from './sections/calibration.ts'
import { classesSection } from './sections/classes.ts'
import { confusionSection } from './sections/confusion.ts'
import { curvesSection } from './sections/curves.ts'
import { dataSection } from './sections/data.ts'
import { mistakesSection } from './sections/mistakes.ts'
import { repeatSteps } from './sections/repeat.ts'
import { resultSection } from './sections/result.ts'
import { settingsSection } from './sections/settings.ts'
import { reportWords } from './texts/report-words.ts'

/** The report of one run: an HTML document that needs no other file, no script and no network. */
export function runReport(data: RunReportData, language: ReportLanguage): string {
  const words = reportWords(language)
  const { text, date } = words
  const { origin, reported, settings, calibration } = data
  const { run, evaluation } = reported
  const facts: [string, MarkupValue][] = [
    [text.facts.project, named(origin.project.name)],
    [text.facts.run, run.id],
    [text.facts.status, text.statuses[run.status]],
    [text.facts.trained, date(run.startedAt ?? run.createdAt)],
    [text.facts.made, date(origin.madeAt)],
  ]
  if (run.tags.length > 0)
    facts.push([text.facts.tags, run.tags.map((tag) => markup`<span class="tag">${named(tag)}</span>`)])
  if (run.note !== null) facts.push([text.facts.note, markup`<span class="note">${named(run.note)}</span>`])
  const sections: Section[] = [
    resultSection(data, words),
    curvesSection(reported, words),
    ...(evaluation === null ? [] : [confusionSection(evaluation, words), classesSection(evaluation, words)]),
    ...(calibration === null ? [] : [calibrationSection(calibration, settings, words)]),
    ...(evaluation === null ? [] : [mistakesSection(data, words)]),
    dataSection(data, words),
    settingsSection(reported, origin, words),
    {
      id: 'repeat',
      heading: text.repeat.heading,
      body: [repeatSteps(reported, origin, words)],
    },
  ]
  return reportDocument({
    language,
    title: text.run.title.replace('{name}', () => run.name),
    head: markup`<p class="kind"><b>Thaw</b> · ${text.run.kind}</p><h1>${named(run.name)}</h1>${pairList(facts, 'facts')}`,
    contents: text.contents,
    sections,
    footer: sentence(text.footer, { version: origin.version, date: date(origin.madeAt) }),
  })
}

import { splitNames } from '../../contract/entities.ts'
import type { Section } from '../page/document.ts'
import { markup, named, sentence } from '../page/markup.ts'
import { hash, table } from '../page/tables.ts'
import type { RunReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { listOf } from './result.ts'

const marks = ['flagged', 'unsure', 'noted', 'unusable', 'gone'] as const

/** What the run was trained and measured on, and what is known to be amiss with it. */
export function dataSection(
  { data, reported: { run, isCurrent } }: RunReportData,
  words: ReportWords,
): Section {
  const { text, number, percent, list } = words
  const titles = text.data
  const sums = Object.fromEntries(
    splitNames.map((split) => [split, data.classes.reduce((sum, { counts }) => sum + counts[split], 0)]),
  ) as Record<(typeof splitNames)[number], number>
  const totalOf = (counts: Readonly<Record<(typeof splitNames)[number], number>>): number =>
    splitNames.reduce((sum, split) => sum + counts[split], 0)
  const noted = marks.filter((mark) => data.marks[mark] > 0)
  const issues = data.issues.map(({ kind, images }) => titles.issue[kind].replace('{count}', number(images)))
  return {
    id: 'data',
    heading: titles.heading,
    body: [
      markup`<p>${sentence(titles.summary, {
        train: number(run.counts.train),
        validation: number(run.counts.validation),
        test: number(run.counts.test),
        classes: number(run.classes.length),
      })}</p>`,
      table({
        columns: [
          { title: titles.class },
          ...splitNames.map((split) => ({ title: text.splits[split], isNumber: true })),
          { title: titles.total, isNumber: true },
          { title: titles.share, isNumber: true },
        ],
        rows: data.classes.map(({ name, counts }) => [
          named(name),
          ...splitNames.map((split) => number(counts[split])),
          number(totalOf(counts)),
          sums.train === 0 ? text.none : percent(counts.train / sums.train),
        ]),
        foot: [
          titles.sum,
          ...splitNames.map((split) => number(sums[split])),
          number(totalOf(sums)),
          sums.train === 0 ? text.none : percent(1),
        ],
      }),
      markup`<h3>${titles.version}</h3><p>${hash(run.datasetVersion)}</p><p class="small">${titles.versionNote} ${
        isCurrent ? titles.current : titles.changed
      }</p>`,
      markup`<h3>${titles.marksHeading}</h3>`,
      listOf([
        ...(noted.length === 0 ? [sentence(titles.noMarks)] : []),
        ...noted.map((mark) =>
          sentence(titles.marks[mark], { count: number(data.marks[mark]) }, data.marks[mark]),
        ),
        issues.length > 0
          ? sentence(titles.issues, { list: list(issues) })
          : data.unscanned === 0
            ? sentence(titles.noIssues)
            : null,
        data.unscanned === 0
          ? null
          : sentence(titles.unscanned, { count: number(data.unscanned) }, data.unscanned),
      ]),
    ],
  }
}

import type { Evaluation } from '../../contract/entities.ts'
import type { Section } from '../page/document.ts'
import { markup, named, sentence, type Markup } from '../page/markup.ts'
import { hash, table, withRange } from '../page/tables.ts'
import type { ComparisonReportData, ReportedRun } from '../report-data.ts'
import { planTexts, settingName } from '../texts/plan-rows.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { runNamed } from './result.ts'

/** Runs that stand beside each other in a table of settings: more would not fit on paper. */
const mostBeside = 5

/** What the runs are and reached. */
export function runsSection({ runs, baseline }: ComparisonReportData, words: ReportWords): Section {
  const { text, number, percent, duration } = words
  const titles = text.compare
  const accuracy = (evaluation: Evaluation | null): Markup | string =>
    evaluation === null ? text.none : withRange(percent(evaluation.accuracy), evaluation.interval95, percent)
  return {
    id: 'runs',
    heading: titles.runs,
    body: [
      table({
        columns: [
          { title: titles.name },
          { title: markup`${words.settings.names.backbone}, ${words.settings.names.mode}` },
          { title: titles.test, isNumber: true },
          { title: titles.validation, isNumber: true },
          { title: titles.trainable, isNumber: true },
          { title: titles.time, isNumber: true },
        ],
        rows: runs.map(({ run, evaluation, validation }) => [
          markup`${runNamed(run)}${run.id === baseline.id ? markup`<span class="range">${text.facts.baseline}</span>` : null}`,
          markup`${named(run.plan.backbone)}<span class="range">${words.settings.modes[run.plan.mode]}</span>`,
          accuracy(evaluation?.split === 'test' ? evaluation : null),
          accuracy(validation),
          run.trainableParameters === null ? text.none : number(run.trainableParameters),
          run.seconds === null ? text.none : duration(run.seconds.total),
        ]),
      }),
      markup`<p class="small">${sentence(titles.sameNote, { what: countsOf(runs, words) })}</p>`,
    ],
  }
}

/** The settings in which the runs differ, a few runs beside each other. */
export function differingSection({ runs, settings }: ComparisonReportData, words: ReportWords): Section {
  const titles = words.text.compare
  const differing = settings.filter(({ differs }) => differs)
  const heading = titles.differing
  if (differing.length === 0) return { id: 'differing', heading, body: [markup`<p>${titles.same}</p>`] }
  const starts = Array.from({ length: Math.ceil(runs.length / mostBeside) }, (_, index) => index * mostBeside)
  return {
    id: 'differing',
    heading,
    body: starts.map((start) => {
      const shown = runs.slice(start, start + mostBeside)
      return table({
        columns: [{ title: titles.setting }, ...shown.map(({ run }) => ({ title: runNamed(run) }))],
        rows: differing.map(({ key }) => [
          settingName(key, words),
          ...shown.map((reported) => settingText(key, reported, words)),
        ]),
      })
    }),
  }
}

/** A setting of a plan, or what else decides a result. */
function settingText(key: string, reported: ReportedRun, words: ReportWords): Markup | string {
  const { run, weightsSha256, threads, backbone } = reported
  const further: Readonly<Record<string, Markup | string | null>> = {
    weights: weightsSha256 === null ? words.text.settings.randomWeights : hash(weightsSha256.slice(0, 12)),
    computedBy: run.engine && words.settings.engines[run.engine],
    device: run.device && named(run.device),
    threads: threads === null ? null : words.number(threads),
    ...planTexts(run.plan, backbone, words),
  }
  return further[key] ?? words.text.none
}

/** How many images the runs were measured on, where they all have as many. */
function countsOf(runs: ComparisonReportData['runs'], { text, number }: ReportWords): string {
  const told = (['test', 'validation'] as const).flatMap((split) => {
    const counts = new Set(
      runs.flatMap(({ evaluation, validation }) =>
        split === 'validation'
          ? (validation?.support ?? [])
          : evaluation?.split === 'test'
            ? evaluation.support
            : [],
      ),
    )
    return counts.size === 0
      ? []
      : [
          text.counted
            .replace('{count}', [...counts].map((count) => number(count)).join('/'))
            .replace('{images}', text.splitImages[split]),
        ]
  })
  return told.join(', ')
}

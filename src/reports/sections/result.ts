import type { Pair } from '../../contract/comparison.ts'
import type { Run } from '../../contract/entities.ts'
import type { Section } from '../page/document.ts'
import { markup, named, sentence, type Markup } from '../page/markup.ts'
import { table } from '../page/tables.ts'
import type { RunReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** How good the run is, in words: with its interval, against guessing, and against the runs that tell whether transfer helped. */
export function resultSection(data: RunReportData, words: ReportWords): Section {
  const { text, percent, number } = words
  const { evaluation, validation } = data.reported
  const heading = text.result.heading
  if (evaluation === null) return { id: 'result', heading, body: [markup`<p>${text.result.nothing}</p>`] }
  const [low, high] = evaluation.interval95
  const values = {
    count: number(evaluation.support),
    accuracy: percent(evaluation.accuracy),
    low: percent(low),
    high: percent(high),
  }
  const told = [
    sentence(evaluation.split === 'test' ? text.result.test : text.result.validation, values),
    sentence(text.result.loss, { loss: number(evaluation.loss, 4) }),
    validation === null || validation === evaluation
      ? null
      : sentence(text.result.ownValidation, {
          count: number(validation.support),
          accuracy: percent(validation.accuracy),
          low: percent(validation.interval95[0]),
          high: percent(validation.interval95[1]),
        }),
    majorityText(data, words),
  ]
  return {
    id: 'result',
    heading,
    body: [
      markup`<dl class="lead"><dt>${text.result.accuracy[evaluation.split]}</dt><dd class="value" data-value="accuracy">${values.accuracy}</dd><dd data-value="interval">${sentence(text.interval, values)}</dd><dd data-value="count">${sentence(text.result.count, values)}</dd></dl>`,
      listOf(told),
      markup`<h3>${text.result.transfer}</h3>`,
      listOf([
        data.reported.run.plan.mode === 'scratch' ? null : baselineText(data, words, 'scratch'),
        baselineText(data, words, 'frozenHead'),
      ]),
      metricsTable(data, words),
    ],
  }
}

/** Sentences, those that there are. */
export function listOf(told: readonly (Markup | null)[]): Markup {
  return markup`<ul class="told">${told.map(
    (each) =>
      each &&
      markup`<li>${each}</li>
`,
  )}</ul>`
}

/** What stands behind a verdict: the difference with its interval, and McNemar's test. */
export function evidence(pair: Pair, { text, points, number, probability }: ReportWords): Markup {
  return sentence(text.result.evidence, {
    difference: points(pair.difference),
    low: points(pair.interval95[0]),
    high: points(pair.interval95[1]),
    count: number(pair.images),
    images: text.splitImages[pair.split],
    b: number(pair.b),
    c: number(pair.c),
    p: probability(pair.p),
  })
}

/** A run by its name and its id. */
export function runNamed(run: Pick<Run, 'id' | 'name'>): Markup {
  return markup`${named(run.name)} (${run.id})`
}

function majorityText({ baselines, reported }: RunReportData, { text, percent }: ReportWords): Markup | null {
  const { majority } = baselines
  const { evaluation } = reported
  if (majority === null || evaluation === null) return null
  const [low, high] = evaluation.interval95
  const { accuracy, class: name } = majority
  const word = accuracy < low ? 'above' : accuracy > high ? 'below' : 'within'
  return sentence(text.result.majority[word], { name: named(name), accuracy: percent(accuracy) })
}

function baselineText(
  { baselines, baselineRuns, reported }: RunReportData,
  words: ReportWords,
  kind: 'scratch' | 'frozenHead',
): Markup {
  const { text } = words
  const baseline = baselines[kind]
  const run = baseline && baselineRuns.get(baseline.runId)
  if (!baseline || !run) return sentence(text.result[kind].missing)
  const values = { run: runNamed(run) }
  const { pair } = baseline
  if (pair === null) return sentence(text.result.noPair, values)
  const word = !pair.significant ? 'noise' : pair.difference > 0 ? 'yes' : 'no'
  const otherData =
    run.datasetVersion === reported.run.datasetVersion ? null : markup` ${text.result.otherData}`
  return markup`${sentence(text.result[kind][word], values)}${otherData} <span class="small">${evidence(pair, words)}</span>`
}

function metricsTable({ reported }: RunReportData, { text, settings, number }: ReportWords): Markup {
  const names: Readonly<Record<string, string>> = settings.metrics
  const rows = reported.evaluation?.metrics ?? []
  return markup`<h3>${text.result.metrics}</h3>${table({
    isNarrow: true,
    columns: [
      { title: text.result.metric },
      { title: text.result.value, isNumber: true },
      { title: text.result.intervalColumn, isNumber: true },
    ],
    rows: rows.map(({ id, value, interval95 }) => [
      names[id] ?? id,
      value === null ? text.none : number(value, 4),
      interval95 === null ? text.none : interval95.map((end) => number(end, 4)).join(' – '),
    ]),
  })}<p class="small">${text.result.metricsNote}</p>`
}

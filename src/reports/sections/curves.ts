import { svgOfDrawing } from '../charts/chart-drawing.ts'
import type { CurveLook } from '../charts/curve-look.ts'
import { lineDrawing } from '../charts/line-drawing.ts'
import { printColors } from '../charts/print-colors.ts'
import type { Section } from '../page/document.ts'
import { legend } from '../page/legend.ts'
import { markup, sentence, trusted, type Markup } from '../page/markup.ts'
import { table } from '../page/tables.ts'
import { phasesOf } from '../../models/training/phases.ts'
import type { ReportedRun } from '../report-data.ts'
import { freezeText } from '../texts/plan-rows.ts'
import type { ReportWords } from '../texts/report-words.ts'

const looks = {
  train: { color: printColors.thawedInk, dash: [] },
  validation: { color: printColors.frozen, dash: [6, 4] },
} as const satisfies Record<string, CurveLook>

/** Rows of the table of epochs at most. */
const mostRows = 30

/** Loss and accuracy by epoch, what was frozen meanwhile, and the numbers. */
export function curvesSection(reported: ReportedRun, words: ReportWords): Section {
  const { text } = words
  const heading = text.curves.heading
  const figures = (['loss', 'accuracy'] as const).map((metric) => figure(reported, metric, words))
  if (figures.every((each) => each === null))
    return { id: 'curves', heading, body: [markup`<p>${text.curves.none}</p>`] }
  const hasValidation = columnOf(reported, 'validation/loss').length > 0
  return {
    id: 'curves',
    heading,
    body: [
      markup`<div class="halves">${figures}</div>`,
      legend([
        { look: looks.train, name: text.curves.train },
        ...(hasValidation ? [{ look: looks.validation, name: text.curves.validation }] : []),
      ]),
      markup`<p>${frozenText(reported, words)}</p>`,
      phaseList(reported, words),
      reported.run.bestEpoch === null
        ? null
        : markup`<p>${sentence(text.curves.best, { epoch: words.number(reported.run.bestEpoch) })}</p>`,
      epochTable(reported, words),
    ],
  }
}

function figure(reported: ReportedRun, metric: 'loss' | 'accuracy', words: ReportWords): Markup | null {
  const { text, plain, percent, number } = words
  const title = text.curves[metric]
  const drawing = lineDrawing({
    title,
    kind: metric === 'accuracy' ? 'share' : 'number',
    curves: (['train', 'validation'] as const).flatMap((split) => {
      const curve = reported.curves.find(({ name }) => name === `${split}/${metric}`)
      return curve && curve.epochs.length > 0
        ? [{ x: curve.epochs, y: curve.values, look: looks[split] }]
        : []
    }),
    xLabel: text.curves.epoch,
    // The first begins with the axis.
    marks: reported.phaseStarts.slice(1).map(({ phase, epoch }) => ({ x: epoch, label: number(phase) })),
    numberText: plain,
    shareText: percent,
  })
  return (
    drawing &&
    markup`<figure><h3>${title}</h3>${trusted(svgOfDrawing(drawing, `clip-${reported.run.id}-${metric}`))}</figure>`
  )
}

function frozenText({ run }: ReportedRun, words: ReportWords): Markup {
  const { text, number } = words
  const { plan, trainableParameters, totalParameters } = run
  if (plan.mode === 'scratch') return sentence(text.curves.scratch)
  if (plan.phases.length > 1) return sentence(text.curves.phases)
  const [phase] = phasesOf(plan)
  const isFrozen = phase?.freeze ? phase.freeze.kind === 'all' : plan.mode === 'feature-extraction'
  if (isFrozen) return sentence(text.curves.frozen)
  const what =
    phase?.freeze === undefined
      ? null
      : sentence(text.curves.freezing, { what: freezeText(phase.freeze, words) })
  if (trainableParameters === null || totalParameters === null) return what ?? markup``
  const counts = { trainable: number(trainableParameters), total: number(totalParameters) }
  return markup`${sentence(text.curves.thawed, counts)} ${what}`
}

function phaseList({ run, phaseStarts }: ReportedRun, words: ReportWords): Markup | null {
  const { text, number, plain } = words
  if (run.plan.phases.length < 2) return null
  let first = 1
  return markup`<ul class="told">${phasesOf(run.plan).map((phase, index) => {
    const begun = phaseStarts.find((start) => start.phase === index + 1)?.epoch
    const epoch = begun === undefined ? first : Math.floor(begun) + 1
    first += phase.epochs
    const row = sentence(text.curves.phaseRow, {
      epoch: number(epoch),
      what: freezeText(phase.freeze, words),
      rate: plain(phase.learningRate),
    })
    return markup`<li>${sentence(text.curves.phase, { number: number(index + 1), what: row })}</li>
`
  })}</ul>`
}

function columnOf({ curves }: ReportedRun, name: string): readonly number[] {
  return curves.find((curve) => curve.name === name)?.values ?? []
}

function epochTable(reported: ReportedRun, words: ReportWords): Markup {
  const { text, number, percent, plain } = words
  const { columns } = text.curves
  const of = (name: string): Map<number, number> => {
    const curve = reported.curves.find((each) => each.name === name)
    return new Map(curve?.epochs.map((epoch, index) => [epoch, curve.values[index] ?? NaN]))
  }
  const values = {
    loss: of('train/loss'),
    accuracy: of('train/accuracy'),
    valLoss: of('validation/loss'),
    valAccuracy: of('validation/accuracy'),
    rate: of('learning-rate'),
  }
  // Curves of many epochs are thinned each on its own: rows are of epochs that all of them have.
  const whole = [...values.loss.keys()].filter((epoch) =>
    Object.values(values).every((column) => column.size === 0 || column.has(epoch)),
  )
  const shown = pick(whole, reported.run.bestEpoch)
  const cell = (column: Map<number, number>, epoch: number, write: (value: number) => string): string => {
    const value = column.get(epoch)
    return value === undefined || Number.isNaN(value) ? text.none : write(value)
  }
  return markup`<h3>${text.curves.table}</h3>${
    shown.length < reported.run.epochsDone
      ? markup`<p class="small">${sentence(text.curves.some, { count: number(reported.run.epochsDone) })}</p>`
      : null
  }${table({
    columns: [
      { title: columns.epoch },
      ...(['loss', 'accuracy', 'valLoss', 'valAccuracy', 'rate'] as const).map((key) => ({
        title: columns[key],
        isNumber: true,
      })),
    ],
    rows: shown.map((epoch) => [
      number(epoch),
      cell(values.loss, epoch, (value) => number(value, 4)),
      cell(values.accuracy, epoch, percent),
      cell(values.valLoss, epoch, (value) => number(value, 4)),
      cell(values.valAccuracy, epoch, percent),
      cell(values.rate, epoch, plain),
    ]),
  })}`
}

/** Of many epochs some, evenly, with the first, the last and the best. */
function pick(epochs: readonly number[], best: number | null): number[] {
  if (epochs.length <= mostRows) return [...epochs]
  const step = (epochs.length - 1) / (mostRows - 2)
  const chosen = new Set(
    Array.from({ length: mostRows - 1 }, (_, index) => epochs[Math.round(index * step)] as number),
  )
  if (best !== null && epochs.includes(best)) chosen.add(best)
  return [...chosen].sort((a, b) => a - b)
}

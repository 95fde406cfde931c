import { svgOfDrawing } from '../charts/chart-drawing.ts'
import { lookAt } from '../charts/curve-look.ts'
import { lineDrawing } from '../charts/line-drawing.ts'
import { printCurveColors } from '../charts/print-colors.ts'
import type { Section } from '../page/document.ts'
import { legend } from '../page/legend.ts'
import { markup, sentence, trusted } from '../page/markup.ts'
import type { ComparisonReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { runNamed } from './result.ts'

/** The runs' curves over each other: on validation, where every run has that. */
export function overlaySection({ runs }: ComparisonReportData, words: ReportWords): Section {
  const { text, plain, percent } = words
  const heading = text.curves.heading
  const curveOf = (run: (typeof runs)[number], name: string) =>
    run.curves.find((curve) => curve.name === name)
  const split = runs.every((run) => (curveOf(run, 'validation/loss')?.points ?? 0) > 0)
    ? 'validation'
    : 'train'
  const looks = runs.map((_, index) => lookAt(index, printCurveColors))
  const figures = (['loss', 'accuracy'] as const).map((metric) => {
    const drawing = lineDrawing({
      title: text.curves[metric],
      kind: metric === 'accuracy' ? 'share' : 'number',
      curves: runs.flatMap((run, index) => {
        const curve = curveOf(run, `${split}/${metric}`)
        const look = looks[index]
        return curve && look && curve.points > 0
          ? [{ x: curve.epochs, y: curve.values, look, width: runs.length > 8 ? 1.25 : 2 }]
          : []
      }),
      xLabel: text.curves.epoch,
      numberText: plain,
      shareText: percent,
    })
    return (
      drawing &&
      markup`<figure><h3>${text.curves[metric]}</h3>${trusted(svgOfDrawing(drawing, `clip-${metric}`))}</figure>`
    )
  })
  if (figures.every((figure) => figure === null))
    return { id: 'curves', heading, body: [markup`<p>${text.curves.none}</p>`] }
  const where = split === 'validation' ? text.curves.onValidation : text.curves.onTraining
  return {
    id: 'curves',
    heading,
    body: [
      markup`<p>${sentence(text.compare.overlay, { where })}</p>`,
      markup`<div class="halves">${figures}</div>`,
      legend(
        runs.flatMap(({ run }, index) => (looks[index] ? [{ look: looks[index], name: runNamed(run) }] : [])),
      ),
    ],
  }
}

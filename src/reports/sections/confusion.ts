import type { Evaluation } from '../../contract/entities.ts'
import { rowTotals, worstConfusions } from '../charts/confusion.ts'
import { confusionSvg, printConfusionColors } from '../charts/confusion-svg.ts'
import type { Section } from '../page/document.ts'
import { markup, named, sentence, trusted, type Markup } from '../page/markup.ts'
import { table } from '../page/tables.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** With more classes a matrix is not readable on paper. */
const mostInPicture = 30
const fewPairs = 10
const manyPairs = 40

/** What the run takes for what: the matrix, where paper has room for it, and the most frequent mistakes. */
export function confusionSection(evaluation: Evaluation, words: ReportWords): Section {
  const { text, number } = words
  const { labels, matrix } = evaluation.confusion
  const isPicture = labels.length <= mostInPicture
  const heading = text.confusion.heading
  const caption = sentence(text.confusion.picture, { images: text.splitImages[evaluation.split] })
  return {
    id: 'confusion',
    heading,
    body: [
      isPicture
        ? markup`<figure>${trusted(confusionSvg(matrix, labels, 'counts', printConfusionColors, heading))}<figcaption class="small">${caption}</figcaption></figure>`
        : markup`<p>${sentence(text.confusion.manyClasses, { count: number(labels.length) })}</p>`,
      pairsTable(evaluation, isPicture ? fewPairs : manyPairs, words),
    ],
  }
}

function pairsTable(
  { confusion: { labels, matrix } }: Evaluation,
  most: number,
  { text, number, percent }: ReportWords,
): Markup {
  const all = worstConfusions(matrix, Infinity)
  if (all.length === 0) return markup`<p>${text.confusion.nothing}</p>`
  const totals = rowTotals(matrix)
  const left = all.length - most
  return markup`<h3>${text.confusion.pairs}</h3>${table({
    columns: [
      { title: text.confusion.truth },
      { title: text.confusion.predicted },
      { title: text.confusion.count, isNumber: true },
      { title: text.confusion.share, isNumber: true },
    ],
    rows: all
      .slice(0, most)
      .map(({ truth, predicted, count }) => [
        named(labels[truth] ?? ''),
        named(labels[predicted] ?? ''),
        number(count),
        percent(count / (totals[truth] ?? count)),
      ]),
  })}${left > 0 ? markup`<p class="small">${sentence(text.confusion.more, { count: number(left) }, left)}</p>` : null}`
}

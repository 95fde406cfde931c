import type { Section } from '../page/document.ts'
import { markup, named, sentence } from '../page/markup.ts'
import { pictureGrid } from '../page/pictures.ts'
import { hash, table } from '../page/tables.ts'
import type { RunReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** The mistakes of which the model was surest, with pictures or, where those are private, by hash. */
export function mistakesSection(
  { mistakes: { total, shown }, withPictures, reported }: RunReportData,
  { text, number, percent }: ReportWords,
): Section {
  const titles = text.mistakes
  const heading = titles.heading
  if (total === 0) {
    const images = text.splitImages[reported.evaluation?.split ?? 'test']
    return { id: 'mistakes', heading, body: [markup`<p>${sentence(titles.none, { images })}</p>`] }
  }
  const intro = markup`<p class="intro">${sentence(titles.intro, { count: number(total) }, total)}</p>`
  if (!withPictures) {
    const rows = shown.map(({ sha256, truth, predicted, probability }) => [
      hash(sha256.slice(0, 16)),
      named(truth),
      named(predicted),
      percent(probability),
    ])
    const columns = [
      { title: titles.image },
      { title: titles.truthColumn },
      { title: titles.predictedColumn },
      { title: titles.probability, isNumber: true },
    ]
    return {
      id: 'mistakes',
      heading,
      body: [intro, table({ columns, rows }), markup`<p class="small">${titles.withoutPictures}</p>`],
    }
  }
  const items = shown.map(({ picture, truth, predicted, probability }) => ({
    picture,
    told: markup`${titles.truth} <span class="right">${named(truth)}</span><br>${titles.predicted} <span class="wrong">${named(predicted)}</span><br>${sentence(titles.sure, { probability: percent(probability) })}`,
  }))
  return { id: 'mistakes', heading, body: [intro, pictureGrid(items, titles.missing)] }
}

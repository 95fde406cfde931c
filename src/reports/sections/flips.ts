import { markup, named, sentence, type Markup } from '../page/markup.ts'
import { pictureGrid } from '../page/pictures.ts'
import { hash, table } from '../page/tables.ts'
import type { ComparisonReportData, ReportedComparison } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { runNamed } from './result.ts'

/** What a run takes for another class than the baseline does: how many, and some of them. */
export function flipsPart(
  { run, flips }: ReportedComparison,
  { baseline, withPictures }: ComparisonReportData,
  { text, number, percent }: ReportWords,
): Markup {
  const names = { name: runNamed(run), baseline: runNamed(baseline) }
  const total = flips.fixed + flips.broken + flips.other
  const counts = {
    images: number(flips.images),
    fixed: number(flips.fixed),
    broken: number(flips.broken),
    other: number(flips.other),
  }
  const intro =
    flips.images === 0 ? text.compare.incomparable : total === 0 ? text.compare.noFlips : text.compare.counts
  const wordOf = ({ truth, b }: (typeof flips.shown)[number]) =>
    b.class === truth
      ? markup`<span class="right">${text.compare.fixed}</span>`
      : markup`<span class="wrong">${text.compare.broken}</span>`
  const shown = withPictures
    ? pictureGrid(
        flips.shown.map((flip) => ({
          picture: flip.picture,
          told: markup`${wordOf(flip)}<br>${text.mistakes.truth} ${named(flip.truth)}<br>${baseline.id}: ${named(flip.a.class)} ${percent(flip.a.probability, 0)}<br>${run.id}: ${named(flip.b.class)} ${percent(flip.b.probability, 0)}`,
        })),
        text.mistakes.missing,
      )
    : table({
        columns: [
          { title: text.mistakes.image },
          { title: text.mistakes.truthColumn },
          { title: runNamed(baseline) },
          { title: runNamed(run) },
        ],
        rows: flips.shown.map((flip) => [
          hash(flip.sha256.slice(0, 16)),
          named(flip.truth),
          named(flip.a.class),
          markup`${named(flip.b.class)} (${wordOf(flip)})`,
        ]),
      })
  return markup`<h3>${text.compare.answers}</h3><p class="intro" data-flips="${run.id}">${sentence(intro, { ...names, ...counts })}</p>${flips.shown.length > 0 ? shown : null}`
}

import { markup, named, sentence, type Markup } from '../page/markup.ts'
import { hash, table } from '../page/tables.ts'
import type { ReportedComparison } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** What changed from the baseline's data to a run's: counts, classes, and changed labels. */
export function changesPart(
  { data: { counts, classes, labels } }: ReportedComparison,
  { text, number }: ReportWords,
): Markup {
  const heading = markup`<h3>${text.compare.changes}</h3>`
  if (Object.values(counts).every((count) => count === 0))
    return markup`${heading}<p>${text.compare.sameData}</p>`
  const namesOf = (template: string, names: readonly string[]): Markup | null =>
    names.length === 0
      ? null
      : markup`<p>${sentence(template, {
          names: names.map((name, index) => markup`${index > 0 ? ', ' : null}${named(name)}`),
        })}</p>`
  return markup`${heading}${[
    markup`<p>${sentence(text.compare.dataCounts, {
      label: number(counts.label),
      split: number(counts.split),
      added: number(counts.added),
      removed: number(counts.removed),
    })}</p>`,
    namesOf(text.compare.classesAdded, classes.added),
    namesOf(text.compare.classesRemoved, classes.removed),
    labels.length === 0
      ? null
      : markup`<h4>${sentence(text.compare.labels, {
          shown: number(labels.length),
          count: number(counts.label),
        })}</h4>${table({
          columns: [{ title: text.mistakes.image }, { title: text.compare.from }, { title: text.compare.to }],
          rows: labels.map(({ sha256, picture, from, to }) => [
            picture.name === null ? hash(sha256.slice(0, 16)) : named(picture.name),
            named(from?.class ?? text.none),
            named(to?.class ?? text.none),
          ]),
        })}`,
  ]}`
}

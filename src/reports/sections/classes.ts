import type { Evaluation } from '../../contract/entities.ts'
import type { Section } from '../page/document.ts'
import { markup, named } from '../page/markup.ts'
import { table, withRange } from '../page/tables.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** How well each class is found. */
export function classesSection({ perClass }: Evaluation, { text, percent, number }: ReportWords): Section {
  const titles = text.classes
  const shares = ['precision', 'recall', 'f1'] as const
  const area = (value: number | null): string => (value === null ? text.none : number(value, 3))
  return {
    id: 'classes',
    heading: titles.heading,
    body: [
      table({
        columns: [
          { title: titles.class },
          ...([...shares, 'rocAuc', 'averagePrecision', 'support'] as const).map((key) => ({
            title: titles[key],
            isNumber: true,
          })),
        ],
        rows: perClass.map((row) => [
          named(row.class),
          ...shares.map((key) => withRange(percent(row[key]), row.intervals95[key], percent)),
          area(row.rocAuc),
          area(row.averagePrecision),
          number(row.support),
        ]),
      }),
      markup`<p class="small">${titles.note}</p>`,
    ],
  }
}

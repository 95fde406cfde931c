import { oneLine } from './terminal.ts'

/** A column's heading, and whether its cells stand at the right, as numbers do. */
export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** Aligned columns with two spaces between them, headings first. Wide (East Asian) characters count as two cells. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(oneLine))
  const widths = columns.map((column, index) =>
    Math.max(cellWidth(column.title), ...cells.map((row) => cellWidth(row[index] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    columns
      .map((column, index) => {
        const text = row[index] ?? ''
        const padding = ' '.repeat((widths[index] ?? 0) - cellWidth(text))
        return column.align === 'right' ? padding + text : text + padding
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...cells.map(line)].join('\n')
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const segmenter = new Intl.Segmenter()

/** How many columns of a terminal a text takes. */
export function cellWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

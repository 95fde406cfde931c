import { markup, type Markup, type MarkupValue } from './markup.ts'

/** A column of a table; numbers stand at its end. */
export interface TableColumn {
  readonly title: MarkupValue
  readonly isNumber?: boolean
}

/** A table whose first column names the rows. A long one has its head on every page. */
export function table(options: {
  caption?: string
  columns: readonly TableColumn[]
  rows: readonly (readonly MarkupValue[])[]
  /** The last row of all, such as a sum. */
  foot?: readonly MarkupValue[]
  isNarrow?: boolean
}): Markup {
  const { caption, columns, rows, foot, isNarrow = false } = options
  const kindOf = (index: number): Markup | null => (columns[index]?.isNumber ? markup` class="number"` : null)
  const row = (cells: readonly MarkupValue[]): Markup =>
    markup`<tr>${cells.map((cell, index) =>
      index === 0
        ? markup`<th scope="row"${kindOf(index)}>${cell}</th>`
        : markup`<td${kindOf(index)}>${cell}</td>`,
    )}</tr>
`
  return markup`<table${isNarrow ? markup` class="narrow"` : null}>${caption === undefined ? null : markup`<caption>${caption}</caption>`}
<thead><tr>${columns.map(({ title }, index) => markup`<th scope="col"${kindOf(index)}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody>${foot === undefined ? null : markup`<tfoot>${row(foot)}</tfoot>`}
</table>
`
}

/** Names with what they stand for. */
export function pairList(pairs: readonly (readonly [MarkupValue, MarkupValue])[], kind = 'pairs'): Markup {
  return markup`<dl class="${kind}">${pairs.map(
    ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>`
}

/** A hash, whole: to be compared. */
export function hash(value: string): Markup {
  return markup`<span class="hash">${value}</span>`
}

/** A value with the interval that it lies in, in small print below it. */
export function withRange(
  value: string,
  interval: readonly [number, number] | null,
  text: (end: number) => string,
): Markup {
  if (interval === null) return markup`${value}`
  return markup`${value}<span class="range">${text(interval[0])} – ${text(interval[1])}</span>`
}

/** A row, and the line of the file that it begins on, from 1. */
export interface CsvRow {
  line: number
  fields: string[]
}

const delimiters = [',', ';', '\t', '|']

/** The delimiter that the first line has most of, outside quotes. */
export function detectDelimiter(text: string): string {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]))
  let isQuoted = false
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '\n' || character === '\r') break
    else if (counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1])
  return best && best[1] > 0 ? best[0] : ','
}

/**
 * The rows of a CSV file that have anything in them. A quote that is not closed goes on to the end.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function parseCsv(text: string, delimiter: string): CsvRow[] {
  const rows: CsvRow[] = []
  let fields: string[] = []
  let line = 1
  let firstLine = 1
  let position = 0

  function endRow(): void {
    if (fields.some((field) => field.trim() !== '')) rows.push({ line: firstLine, fields })
    fields = []
    firstLine = line
  }

  while (position < text.length) {
    let field = ''
    if (text[position] === '"') {
      position += 1
      for (;;) {
        const quote = text.indexOf('"', position)
        const end = quote < 0 ? text.length : quote
        field += text.slice(position, end)
        position = end + 1
        if (quote < 0 || text[position] !== '"') break
        field += '"'
        position += 1
      }
      for (const character of field) if (character === '\n') line += 1
    }
    const rest = position
    while (position < text.length) {
      const character = text[position]
      if (character === delimiter || character === '\n' || character === '\r') break
      position += 1
    }
    fields.push(field + text.slice(rest, position))
    const character = text[position]
    position += 1
    if (character === delimiter) {
      // A last field that is empty.
      if (position >= text.length) fields.push('')
      continue
    }
    if (character === '\r' && text[position] === '\n') position += 1
    line += 1
    endRow()
  }
  endRow()
  return rows
}

import { csvField } from '../../../contract/report-csv.ts'

/** A curve as a file has it. */
export interface FileCurve {
  readonly label: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Every point of every curve, one a line: curve, x, y. Fields are quoted where they need it, and numbers have a point. */
export function csvOfCurves(
  columns: readonly [string, string, string],
  curves: readonly FileCurve[],
): string {
  const quoted = (text: string): string => csvField(text, { spreadsheetSafe: true })
  const lines = [columns.map(quoted).join(',')]
  for (const { label, x, y } of curves) {
    const name = quoted(label)
    for (let index = 0; index < Math.min(x.length, y.length); index += 1) {
      lines.push(`${name},${x[index]},${y[index]}`)
    }
  }
  return `${lines.join('\r\n')}\r\n`
}

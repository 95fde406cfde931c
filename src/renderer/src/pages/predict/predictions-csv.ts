import { csvField } from '../../../../contract/report-csv.ts'
import type { PredictedFile, SkippedGiven } from '../../stores/predictions.ts'

/**
 * Predictions for a spreadsheet: the file, its likeliest class and how probable that is, whether the run is sure, the classes after that, and
 * the reason where a file could not be read. UTF-8 with a mark of it.
 */
export function predictionsCsv(files: readonly PredictedFile[], skipped: readonly SkippedGiven[]): string {
  const width = files.reduce((most, { top }) => Math.max(most, top.length), 1)
  const further = Array.from({ length: width - 1 }, (_, index) => index + 2)
  const header = [
    'file',
    'class',
    'probability',
    'sure',
    ...further.flatMap((place) => [`class_${place}`, `probability_${place}`]),
    'problem',
  ]
  const rows = files.map(({ given, top, sure }) => {
    const cells = Array.from({ length: width }, (_, index) => {
      const entry = top[index]
      return entry === undefined ? ['', ''] : [entry.class, entry.probability.toFixed(6)]
    })
    const [first = [], ...others] = cells
    return [given.name, ...first, sure ? 'yes' : 'no', ...others.flat(), '']
  })
  const problems = skipped.map(({ given, reason, detail }) => [
    given.name,
    ...Array.from({ length: header.length - 2 }, () => ''),
    `${reason}: ${detail}`,
  ])
  const lines = [header, ...rows, ...problems].map((row) =>
    row.map((field) => csvField(field, { spreadsheetSafe: true })).join(','),
  )
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

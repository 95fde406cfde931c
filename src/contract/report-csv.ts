import type { ImportReport } from './entities.ts'

/**
 * One field of a CSV file (RFC 4180). A spreadsheet takes text that begins as a formula does for one, and runs it: an apostrophe in front
 * makes it text again.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvField(value: string, { spreadsheetSafe }: { spreadsheetSafe: boolean }): string {
  const safe = spreadsheetSafe && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What an import left out, and labels that disagree, for a spreadsheet: path, reason, detail. UTF-8 with a mark of it. */
export function reportCsv({ skipped, conflicts }: Pick<ImportReport, 'skipped' | 'conflicts'>): string {
  const rows = [
    ['path', 'reason', 'detail'],
    ...skipped.map((file) => [file.path, file.reason, file.detail]),
    ...conflicts.map(({ path, other, given, kept }) => [
      path,
      'label-conflict',
      `The same picture as ${other}: ${kept} was kept, ${given} was not.`,
    ]),
  ]
  const lines = rows.map((row) => row.map((field) => csvField(field, { spreadsheetSafe: true })).join(','))
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

import { resolve } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { detectDelimiter, parseCsv, type CsvRow } from './parse-csv.ts'
import { readText } from './read-text.ts'

export type CsvColumn = 'path' | 'sha256' | 'class' | 'split'

/** What people call the columns: lower case, letters and digits alone. */
const columnNames: Record<CsvColumn, readonly string[]> = {
  path: 'path filepath imagepath file filename image imagefile imagename img relativepath 路径 文件 文件名 文件路径 图像 图片 图片路径'.split(
    ' ',
  ),
  sha256: 'sha256 sha256sum sha256hash hash filehash 哈希 哈希值'.split(' '),
  class:
    'class classname label labels category categoryname target species 类 类别 类名 标签 标注 分类'.split(
      ' ',
    ),
  split: 'split set subset partition dataset usage 划分 数据集 子集'.split(' '),
}

/** A CSV file as it says which images are what. */
export interface CsvTable {
  /** Below the first line. */
  rows: CsvRow[]
  /** Numbers of the columns that there are. */
  columns: Partial<Record<CsvColumn, number>>
  /** The first line. */
  header: CsvRow
}

function columnOf(header: string): CsvColumn | null {
  const name = header.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const found = Object.entries(columnNames).find(([, names]) => names.includes(name))
  return found ? (found[0] as CsvColumn) : null
}

/** What a spreadsheet would take for a formula is written with an apostrophe in front. */
function withoutTextMark(text: string): string {
  return /^'[=+\-@]/.test(text) ? text.slice(1) : text
}

/** What a table's first line has, for messages. */
export function csvHeadings({ header }: CsvTable): string {
  return header.fields.map((field) => field.trim()).join(', ')
}

/** A field of a row, without space around it; empty where the file has no such column, or the row is too short. */
export function csvFieldOf({ columns }: CsvTable, { fields }: CsvRow, column: CsvColumn): string {
  return withoutTextMark((fields[columns[column] ?? -1] ?? '').trim())
}

/** Where a file that a list names may be, the likeliest first: relative to the list, or absolute; with the separators of another system turned. */
export function pathsInList(folder: string, name: string): string[] {
  const names = name.includes('\\') ? [name, name.replaceAll('\\', '/')] : [name]
  return names.map((one) => resolve(folder, one))
}

/**
 * Reads a CSV file whose first line names its columns, in whatever words and with whatever delimiter.
 *
 * @param expected its columns, for the message
 * @throws import-invalid where it is empty, or in another encoding than UTF-8 and UTF-16
 */
export async function readCsvTable(file: string, expected: string): Promise<CsvTable> {
  const text = await readText(file)
  const [header, ...rows] = parseCsv(text, detectDelimiter(text))
  if (!header) {
    throw new AppError('import-invalid', `${file} is empty. Expected the columns ${expected}.`, {
      path: file,
      expected,
    })
  }
  const columns: CsvTable['columns'] = {}
  for (const [index, field] of header.fields.entries()) {
    const column = columnOf(field)
    if (column !== null) columns[column] ??= index
  }
  return { rows, columns, header }
}

import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import { splitOfFolder } from './folder-labels.ts'
import type { Importer, ImportSource } from './importer.ts'
import { findListedImages, planOfImages, type FoundPath, type ListedImage } from './listed-images.ts'
import { detectDelimiter, parseCsv, type CsvRow } from './parse-csv.ts'
import { readText } from './read-text.ts'

/** What a folder's list is called, as an export names it. */
export const csvFileName = 'labels.csv'

type Column = 'path' | 'class' | 'split'

/** What people call the columns: lower case, letters and digits alone. */
const columnNames: Record<Column, readonly string[]> = {
  path: 'path filepath imagepath file filename image imagefile imagename img relativepath 路径 文件 文件名 文件路径 图像 图片 图片路径'.split(
    ' ',
  ),
  class:
    'class classname label labels category categoryname target species 类 类别 类名 标签 标注 分类'.split(
      ' ',
    ),
  split: 'split set subset partition dataset usage 划分 数据集 子集'.split(' '),
}

const splitNames: Record<string, Split> = {
  training: 'train',
  dev: 'validation',
  testing: 'test',
  训练: 'train',
  训练集: 'train',
  验证: 'validation',
  验证集: 'validation',
  测试: 'test',
  测试集: 'test',
}
const noSplit = new Set(['', 'none', 'unassigned'])

function columnOf(header: string): Column | null {
  const name = header.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const found = Object.entries(columnNames).find(([, names]) => names.includes(name))
  return found ? (found[0] as Column) : null
}

/** @returns undefined where it is the name of no split */
export function splitOfName(name: string): Split | null | undefined {
  const lower = name.trim().toLowerCase()
  if (noSplit.has(lower)) return null
  return splitOfFolder(lower) ?? splitNames[lower]
}

function fileOf({ path, isFolder }: ImportSource): string {
  return isFolder ? join(path, csvFileName) : path
}

/** What a spreadsheet would take for a formula is written with an apostrophe in front. */
function withoutTextMark(text: string): string {
  return /^'[=+\-@]/.test(text) ? text.slice(1) : text
}

/** As it is, and with the separators of another system turned. */
function findIn(folder: string, name: string): FoundPath {
  const given = isAbsolute(name) ? name : resolve(folder, name)
  if (existsSync(given) || !name.includes('\\')) return { path: given }
  return { path: resolve(folder, name.replaceAll('\\', '/')) }
}

/** Numbers of the columns, and the rows below their header. A file without one has them in this order: path, class, split. */
function readColumns(
  file: string,
  rows: CsvRow[],
): { columns: Partial<Record<Column, number>>; rows: CsvRow[] } {
  const [header, ...rest] = rows
  if (!header)
    throw new AppError('import-invalid', `${file} is empty. Expected the columns path, class and split.`, {
      path: file,
    })
  const columns: Partial<Record<Column, number>> = {}
  for (const [index, field] of header.fields.entries()) {
    const column = columnOf(field)
    if (column !== null) columns[column] ??= index
  }
  if (columns.path !== undefined) return { columns, rows: rest }
  const [first = ''] = header.fields
  if (existsSync(findIn(dirname(file), first.trim()).path) && first.trim() !== '') {
    return { columns: { path: 0, class: 1, split: 2 }, rows }
  }
  throw new AppError(
    'import-invalid',
    `${file} should have a column 'path' (or file, filename, image), and may have 'class' (or label, category) and 'split'. It has: ${header.fields.map((field) => field.trim()).join(', ')}. Name the columns in its first line.`,
    { path: file, received: header.fields.join(', '), expected: 'path, class, split' },
  )
}

/** Images as a CSV file lists them, with class and split; paths are relative to the file, or absolute. */
export const csvImporter: Importer = {
  id: 'csv',
  recognizes: (source) =>
    Promise.resolve(source.isFolder ? existsSync(fileOf(source)) : /\.(csv|tsv)$/i.test(source.path)),
  async open(source) {
    const file = fileOf(source)
    if (source.isFolder && !existsSync(file)) {
      throw new AppError(
        'import-format-unknown',
        `There is no ${csvFileName} in ${source.path}. Give the path of the CSV file itself.`,
        { path: source.path },
      )
    }
    const text = await readText(file)
    const { columns, rows } = readColumns(file, parseCsv(text, detectDelimiter(text)))
    const listed: ListedImage[] = []
    const skipped: SkippedFile[] = []
    for (const { line, fields } of rows) {
      const entry = `${file}:${line}`
      const field = (column: Column): string => withoutTextMark((fields[columns[column] ?? -1] ?? '').trim())
      const name = field('path')
      const split = splitOfName(field('split'))
      if (name === '') {
        skipped.push({ path: entry, reason: 'invalid-entry', detail: 'It names no file.' })
      } else if (split === undefined) {
        skipped.push({
          path: entry,
          reason: 'invalid-entry',
          detail: `'${field('split')}' is no split; train, validation or test was expected.`,
        })
      } else listed.push({ name, entry, className: classNameFromFolder(field('class')), split })
    }
    const folder = dirname(file)
    return planOfImages(
      async () => {
        const found = await findListedImages(folder, listed, (name) => findIn(folder, name))
        return { ...found, skipped: [...found.skipped, ...skipped] }
      },
      () =>
        new AppError(
          'no-images',
          `None of the ${rows.length} images that ${file} lists is there. Paths are relative to the file, or absolute.`,
          { path: file, files: rows.length },
        ),
    )
  },
}

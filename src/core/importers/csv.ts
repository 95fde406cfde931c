import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import {
  csvFieldOf,
  csvHeadings,
  pathsInList,
  readCsvTable,
  type CsvColumn,
  type CsvTable,
} from './csv-table.ts'
import { splitOfFolder } from './folder-labels.ts'
import type { Importer, ImportSource } from './importer.ts'
import { findListedImages, planOfImages, type FoundPath, type ListedImage } from './listed-images.ts'

/** What a folder's list is called, as an export names it. */
export const csvFileName = 'labels.csv'

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

/** @returns undefined where it is the name of no split */
export function splitOfName(name: string): Split | null | undefined {
  const lower = name.trim().toLowerCase()
  if (noSplit.has(lower)) return null
  return splitOfFolder(lower) ?? splitNames[lower]
}

function fileOf({ path, isFolder }: ImportSource): string {
  return isFolder ? join(path, csvFileName) : path
}

/** As it is, and with the separators of another system turned. */
function findIn(folder: string, name: string): FoundPath {
  const paths = pathsInList(folder, name)
  return { path: paths.find(existsSync) ?? (paths.at(-1) as string) }
}

/** The table of a list of images. A file whose first line names no columns has them in this order: path, class, split. @throws import-invalid */
async function readList(file: string): Promise<CsvTable> {
  const table = await readCsvTable(file, 'path, class and split')
  if (table.columns.path !== undefined) return table
  const first = table.header.fields[0]?.trim() ?? ''
  if (first !== '' && existsSync(findIn(dirname(file), first).path)) {
    return { ...table, columns: { path: 0, class: 1, split: 2 }, rows: [table.header, ...table.rows] }
  }
  throw new AppError(
    'import-invalid',
    `${file} should have a column 'path' (or file, filename, image), and may have 'class' (or label, category) and 'split'. It has: ${csvHeadings(table)}. Name the columns in its first line.`,
    { path: file, received: csvHeadings(table), expected: 'path, class, split' },
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
    const table = await readList(file)
    const listed: ListedImage[] = []
    const skipped: SkippedFile[] = []
    for (const row of table.rows) {
      const entry = `${file}:${row.line}`
      const field = (column: CsvColumn): string => csvFieldOf(table, row, column)
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
          `None of the ${table.rows.length} images that ${file} lists is there. Paths are relative to the file, or absolute.`,
          { path: file, files: table.rows.length },
        ),
    )
  },
}

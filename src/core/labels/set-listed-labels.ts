import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import { csvFieldOf, csvHeadings, readCsvTable, type CsvTable } from '../importers/csv-table.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { classNameFromFolder } from './class-name.ts'
import { ensureClasses } from './classes.ts'
import { createListedImageFinder } from './find-listed-image.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, labelsOf } from './labels-of.ts'

const expected = "'path' (or 'sha256') and 'class'"

/** @throws source-not-found */
function checkFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile()) return
  throw new AppError(
    'source-not-found',
    found
      ? `${file} is a folder; a CSV file with the columns ${expected} was expected. Give the path of the file itself.`
      : `There is nothing at ${file}. Give the path of a CSV file with the columns ${expected}.`,
    { path: file },
  )
}

/** @throws import-invalid, source-not-found */
async function readLabels(file: string): Promise<CsvTable> {
  checkFile(file)
  const table = await readCsvTable(file, expected)
  const { path, sha256, class: className } = table.columns
  const missing = [
    ...(path === undefined && sha256 === undefined ? ["'path' or 'sha256'"] : []),
    ...(className === undefined ? ["'class'"] : []),
  ]
  if (missing.length === 0) return table
  throw new AppError(
    'import-invalid',
    `${file} should have the columns ${expected}, and has no ${missing.join(' and no ')}. Its first line is: ${csvHeadings(table)}. Name the columns there.`,
    { path: file, expected, received: csvHeadings(table) },
  )
}

/** What each image is to be called, by the rows that name it. */
interface Wanted {
  classes: Map<number, string>
  unknown: string[]
  withoutClass: number
}

/** @throws import-invalid where two rows want different classes for one image */
function wantedClasses(project: OpenProject, file: string, table: CsvTable): Wanted {
  const find = createListedImageFinder(project, dirname(file))
  const wanted = new Map<number, { name: string; line: number }>()
  const unknown = new Set<string>()
  let withoutClass = 0
  for (const row of table.rows) {
    const [path, sha256] = [csvFieldOf(table, row, 'path'), csvFieldOf(table, row, 'sha256')]
    const name = classNameFromFolder(csvFieldOf(table, row, 'class'))
    const id = find({ path, sha256 })
    const known = id === undefined ? undefined : wanted.get(id)
    if (id === undefined) unknown.add(path || sha256 || `${file}:${row.line}`)
    else if (name === null) withoutClass += 1
    else if (known === undefined) wanted.set(id, { name, line: row.line })
    else if (known.name !== name) {
      throw new AppError(
        'import-invalid',
        `${file} should have one class for each image, and ${path || sha256} is ${known.name} in line ${known.line}, ${name} in line ${row.line}. Delete one of the lines. No label was changed.`,
        { path: file, expected: known.name, received: name, line: row.line },
      )
    }
  }
  return {
    classes: new Map([...wanted].map(([id, { name }]) => [id, name])),
    unknown: [...unknown],
    withoutClass,
  }
}

/**
 * Labels images as a CSV file lists them, each with that class alone: one command, durable when this returns, or nothing. Classes that the
 * project lacks are made, as an import of such a file makes them; rows without a class leave their image as it is.
 *
 * @param file absolute
 * @throws source-not-found, import-invalid
 */
export async function setListedLabels(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  file: string,
): Promise<RequestOutput<'labels.setListed'>> {
  const table = await readLabels(file)
  return project.transaction(() => {
    const { classes: wanted, unknown, withoutClass } = wantedClasses(project, file, table)
    const classes = ensureClasses(project, wanted.values())
    const before = labelsOf(project, [...wanted.keys()])
    const after = new Map<number, number[]>()
    for (const [imageId, classIds] of before) {
      const classId = classes.ids.get(wanted.get(imageId) as string) as number
      if (classIds.length === 1 && classIds[0] === classId) before.delete(imageId)
      else after.set(imageId, [classId])
    }
    if (after.size > 0) {
      runCommand(context, project, {
        kind: 'labels.setListed',
        payload: [...classes.payload, { do: 'labels', groups: groupByClasses(after) }],
        inverse: [{ do: 'labels', groups: groupByClasses(before) }, ...classes.inverse],
        summary: { images: after.size, file: basename(file) },
      })
    }
    return {
      applied: wanted.size,
      changed: after.size,
      unknown,
      withoutClass,
      madeClasses: classes.payload.flatMap((one) => (one.do === 'class' ? [one.row.name] : [])),
    }
  })
}

import { AppError } from '../../../contract/errors.ts'
import { toAppError } from '../../store/to-app-error.ts'
import type { OpenProject } from '../open-projects.ts'
import type { ReportProblem } from './problem.ts'

/** SQLite's own checks: pages and indexes, then references between tables. Repair rebuilds indexes and drops rows that refer to nothing. */
export function checkDatabase(project: OpenProject, repair: boolean, report: ReportProblem): void {
  const { database, path } = project
  const integrity = () => {
    try {
      return (database.pragma('integrity_check(20)') as { integrity_check: string }[])
        .map((row) => row.integrity_check)
        .filter((line) => line !== 'ok')
    } catch (error) {
      // Damage that stops even the check.
      const damage = toAppError(error, path)
      if (damage instanceof AppError && damage.code === 'project-damaged')
        return [String((error as Error).message)]
      throw error
    }
  }
  const found = integrity()
  let left = found
  if (found.length > 0 && repair) {
    try {
      database.exec('REINDEX')
      left = integrity()
    } catch (error) {
      const damage = toAppError(error, path)
      if (!(damage instanceof AppError) || damage.code !== 'project-damaged') throw error
    }
  }
  for (const line of found) {
    report({
      kind: 'database-damaged',
      message: `The database fails SQLite's integrity check: ${line}. Repair rebuilds indexes; other damage needs a copy of the folder.`,
      path,
      repaired: repair && !left.includes(line),
    })
  }
  // References cannot be judged on damaged pages.
  if (left.length > 0) return

  type Dangling = { table: string; rowid: number | null; parent: string; fkid: number }
  const dangling = database.pragma('foreign_key_check') as Dangling[]
  const byTables = new Map<string, { table: string; parent: string; count: number }>()
  for (const { table, parent } of dangling) {
    const key = `${table} ${parent}`
    const entry = byTables.get(key) ?? { table, parent, count: 0 }
    entry.count += 1
    byTables.set(key, entry)
  }
  const repaired = repair && dangling.length > 0
  if (repaired) {
    project.transaction(() => {
      database.exec(`
        DELETE FROM annotations WHERE image_id NOT IN (SELECT id FROM images) OR class_id NOT IN (SELECT id FROM classes);
        DELETE FROM image_sources WHERE image_id NOT IN (SELECT id FROM images);
        DELETE FROM image_marks WHERE image_id NOT IN (SELECT id FROM images);
        DELETE FROM image_measurements WHERE image_id NOT IN (SELECT id FROM images);
        DELETE FROM near_duplicates WHERE image_id NOT IN (SELECT id FROM images) OR other_id NOT IN (SELECT id FROM images);
        DELETE FROM dismissed_findings WHERE image_id NOT IN (SELECT id FROM images);
        DELETE FROM image_layouts WHERE image_id NOT IN (SELECT id FROM images);
        DELETE FROM image_predictions WHERE image_id NOT IN (SELECT id FROM images) OR class_id NOT IN (SELECT id FROM classes);
        DELETE FROM skipped_files WHERE import_id NOT IN (SELECT id FROM imports);
        DELETE FROM adopted_images WHERE image_id NOT IN (SELECT id FROM images)
          OR import_id NOT IN (SELECT id FROM imports) OR from_import_id NOT IN (SELECT id FROM imports);
        UPDATE images SET import_id = NULL WHERE import_id NOT IN (SELECT id FROM imports);
        UPDATE image_sources SET import_id = NULL WHERE import_id NOT IN (SELECT id FROM imports);
        UPDATE images SET merged_into = NULL WHERE merged_into NOT IN (SELECT id FROM images);
      `)
    })
  }
  const after = repaired ? (database.pragma('foreign_key_check') as Dangling[]) : dangling
  for (const { table, parent, count } of byTables.values()) {
    report({
      kind: 'dangling-reference',
      message: `${count} rows of ${table} refer to ${parent} that are not there.`,
      path,
      repaired: repaired && !after.some((row) => row.table === table && row.parent === parent),
    })
  }
}

import type { Problem } from '../../../contract/entities.ts'
import type { OpenProject } from '../open-projects.ts'
import { checkDatabase } from './check-database.ts'
import { checkFolders } from './check-folders.ts'
import { checkImages } from './check-images.ts'

const mostProblems = 10_000

/**
 * Looks over the database, the images' bytes and the folders.
 * @param repair puts right what can be without a person; labels, runs and images are never dropped
 * @returns ok where nothing is left to put right
 */
export async function checkProject(
  project: OpenProject,
  repair: boolean,
): Promise<{ ok: boolean; problems: Problem[] }> {
  const problems: Problem[] = []
  let ok = true
  const report = (problem: Problem) => {
    if (!problem.repaired) ok = false
    if (problems.length < mostProblems) problems.push(problem)
  }
  checkDatabase(project, repair, report)
  // Tables on damaged pages cannot be trusted to say what should be on the disk.
  if (!problems.some((problem) => problem.kind === 'database-damaged' && !problem.repaired)) {
    await checkImages(project, repair, report)
    checkFolders(project, repair, report)
  }
  return { ok, problems }
}

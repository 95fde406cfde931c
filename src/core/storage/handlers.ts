import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CoreContext, Handlers } from '../context.ts'
import { previewFolder } from '../augmentations/preview-path.ts'
import { picturesFolder } from '../images/pictures-folder.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runFolder } from '../runs/run-files.ts'
import { activeStatuses, runIdOf } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { featureCache, freeBytes, storageBudgets } from './budgets.ts'
import { clearFeatureCaches, listFeatureCaches } from './feature-caches.ts'
import { entriesOf, fileBytes, folderBytes } from './folder-bytes.ts'

type StoredRun = Pick<RunRow, 'number' | 'status' | 'model_sha256'>

/** What a project and its caches take on the disk, and what the person lets them take. */
export function createStorageHandlers(
  context: CoreContext,
): Handlers<'storage.get' | 'storage.features' | 'storage.setBudgets' | 'storage.clear'> {
  const { projects } = context
  const budgets = storageBudgets(context)
  return {
    'storage.get'({ projectId }) {
      const project = projects.get(projectId)
      const { folders } = project
      const { memoryBudgetBytes, diskBudgetBytes } = featureCache(context, project)
      return {
        features: listFeatureCaches(folders.features),
        runs: storedRuns(project).map((run) => ({
          runId: runIdOf(run.number),
          bytes: folderBytes(runFolder(project, run.number)),
          checkpointBytes: checkpointsOf(project, run.number).reduce((sum, path) => sum + fileBytes(path), 0),
          isFinished: isFinished(run),
        })),
        thumbnailBytes: folderBytes(folders.thumbnails),
        mediaBytes: folderBytes(folders.media) + folderBytes(picturesFolder(project)),
        previewBytes: folderBytes(previewFolder(project)),
        freeBytes: freeBytes(folders.cache),
        budgets: budgets.read(),
        effective: { memoryBudgetBytes, diskBudgetBytes },
      }
    },
    'storage.features'({ projectId, network }) {
      const { folders } = projects.get(projectId)
      return { features: listFeatureCaches(folders.features).filter((entry) => entry.network === network) }
    },
    'storage.setBudgets'(changes) {
      const updated = { ...budgets.read(), ...changes }
      budgets.write(updated)
      context.publish('settings.changed', {})
      return updated
    },
    'storage.clear'({ projectId, what }) {
      const project = projects.get(projectId)
      switch (what.kind) {
        case 'features':
          return { freedBytes: clearFeatureCaches(project.folders.features, what.key) }
        case 'checkpoints':
          return { freedBytes: clearCheckpoints(project, what.runId) }
        case 'thumbnails': {
          const folderList = [project.folders.thumbnails, previewFolder(project)]
          const freedBytes = folderList.reduce((sum, folder) => sum + emptyFolder(folder), 0)
          return { freedBytes }
        }
      }
    },
  }
}

function storedRuns({ database }: OpenProject): StoredRun[] {
  return database
    .prepare<[], StoredRun>(
      'SELECT number, status, model_sha256 FROM runs WHERE deleted_at IS NULL ORDER BY number',
    )
    .all()
}

function isFinished({ status, model_sha256: model }: StoredRun): boolean {
  return model !== null && !activeStatuses.includes(status)
}

/** Of runs that have ended with a model; of an unfinished one they are all there is. */
function clearCheckpoints(project: OpenProject, runId: string | undefined): number {
  let freed = 0
  for (const run of storedRuns(project)) {
    if (!isFinished(run) || (runId !== undefined && runIdOf(run.number) !== runId)) continue
    for (const path of checkpointsOf(project, run.number)) {
      freed += fileBytes(path)
      rmSync(path, { force: true })
    }
  }
  return freed
}

function checkpointsOf(project: OpenProject, number: number): string[] {
  const folder = join(runFolder(project, number), 'checkpoints')
  return entriesOf(folder)
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
}

function emptyFolder(folder: string): number {
  const bytes = folderBytes(folder)
  for (const { name } of entriesOf(folder)) rmSync(join(folder, name), { recursive: true, force: true })
  return bytes
}

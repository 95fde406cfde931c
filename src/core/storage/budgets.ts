import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { JobInput } from '../../contract/jobs.ts'
import { storageBudgetsSchema, type StorageBudgets } from '../../contract/requests/storage.ts'
import { createJsonFile, type JsonFile } from '../app/json-file.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'

const largestDefaultDiskBytes = 20 * 2 ** 30

/** The budgets of the person, kept in `THAW_HOME`. */
export function storageBudgets({
  dataDir,
  log,
}: Pick<CoreContext, 'dataDir' | 'log'>): JsonFile<StorageBudgets> {
  const file = join(dataDir, 'storage.json')
  const defaults: StorageBudgets = { memoryBudgetBytes: null, diskBudgetBytes: null }
  return createJsonFile(file, storageBudgetsSchema, defaults, (error) =>
    log.warn({ error, file }, 'budgets could not be read; defaults are used'),
  )
}

/**
 * Where a training keeps its features, and how many: by the person's budgets, else within a quarter of the memory and half of the free
 * disk, at most 20 GiB.
 */
export function featureCache(
  context: Pick<CoreContext, 'dataDir' | 'log'>,
  { folders }: OpenProject,
): JobInput<'fit'>['cache'] {
  const { memoryBudgetBytes, diskBudgetBytes } = storageBudgets(context).read()
  return {
    folder: folders.features,
    memoryBudgetBytes: memoryBudgetBytes ?? Math.floor(usableMemoryBytes() / 4),
    diskBudgetBytes:
      diskBudgetBytes ?? Math.min(Math.floor(freeBytes(folders.cache) / 2), largestDefaultDiskBytes),
  }
}

/** Of the disk that a folder is on. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Of the machine, or of the container that this process is in. */
function usableMemoryBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem()
}

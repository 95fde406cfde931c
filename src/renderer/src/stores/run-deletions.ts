import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Run } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'
import { useRunsStore } from './runs.ts'

/** Runs that were deleted together. */
export interface RunDeletion {
  readonly runs: readonly Run[]
  /** Unix milliseconds. */
  readonly at: number
}

/** What this page deleted of the shown project's runs, and did not bring back: undo takes it in its turn with the changes of images. */
export const useRunDeletionsStore = defineStore('run-deletions', () => {
  const client = useClient()
  const projects = useProjectStore()
  const runs = useRunsStore()
  const deletions = shallowRef<readonly RunDeletion[]>([])
  const last = computed(() => deletions.value.at(-1))

  /** @throws AppError as core has it; those deleted before it are remembered */
  async function remove(targets: readonly Run[]): Promise<RunDeletion> {
    const removed: Run[] = []
    const deletion: RunDeletion = { runs: removed, at: Date.now() }
    try {
      for (const run of targets) {
        await runs.remove(run.id)
        removed.push(run)
      }
    } finally {
      if (removed.length > 0) deletions.value = [...deletions.value, deletion]
    }
    return deletion
  }

  /**
   * Brings the runs back that are still gone.
   *
   * @throws AppError 'run-not-found' where they are gone for good
   */
  async function undo(deletion: RunDeletion): Promise<void> {
    // Whatever comes of it: what cannot be brought back would stand before all other changes.
    deletions.value = deletions.value.filter((other) => other !== deletion)
    for (const run of deletion.runs) if (!runs.byId.has(run.id)) await runs.restore(run.id)
  }

  client.on('runs.changed', ({ projectId }) => {
    if (projectId !== projects.project?.id) return
    // Brought back from the list of deleted runs, or by another window.
    deletions.value = deletions.value.filter((deletion) => deletion.runs.some(({ id }) => !runs.byId.has(id)))
  })
  watch(
    () => projects.project?.id,
    () => (deletions.value = []),
  )

  return { last, remove, undo }
})

import { onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import type { RequestInput } from '../../../../contract/requests/index.ts'
import { useClient } from '../../client/index.ts'
import { coalesce } from '../../stores/coalesce.ts'
import { useProjectStore } from '../../stores/project.ts'
import { isActive } from '../../stores/runs.ts'
import type { StorageReport } from './storage-parts.ts'

/** Sizes are read from the disk: not more often than this. */
const reloadIntervalMs = 1000

/** What the shown project takes on the disk, read again when a run has ended or budgets changed. */
export function useStorage() {
  const client = useClient()
  const projects = useProjectStore()
  const report = shallowRef<StorageReport | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    busy.value = true
    try {
      const answer = await client.request('storage.get', { projectId })
      if (projects.project?.id !== projectId) return
      report.value = answer
      error.value = null
    } catch (thrown) {
      error.value = thrown
    } finally {
      busy.value = false
    }
  }

  /** @returns the bytes that were freed */
  async function clear(what: RequestInput<'storage.clear'>['what']): Promise<number> {
    const projectId = projects.project?.id
    if (!projectId) return 0
    const { freedBytes } = await client.request('storage.clear', { projectId, what })
    await load()
    return freedBytes
  }

  async function setBudgets(budgets: RequestInput<'storage.setBudgets'>): Promise<void> {
    await client.request('storage.setBudgets', budgets)
    await load()
  }

  const reload = coalesce(load, reloadIntervalMs)
  const ends = [
    client.on('runs.changed', ({ projectId, run }) => {
      if (projectId === projects.project?.id && !isActive(run)) reload()
    }),
    client.on('runs.deleted', reload),
    client.on('settings.changed', reload),
    client.onReconnected(reload),
  ]
  onBeforeUnmount(() => ends.forEach((end) => end()))
  watch(
    () => projects.project?.id,
    () => {
      report.value = null
      void load()
    },
    { immediate: true },
  )

  return { report, error, busy, load, clear, setBudgets }
}

import { onBeforeUnmount, watch } from 'vue'
import { useClient } from '../../client/index.ts'
import { coalesce } from '../../stores/coalesce.ts'
import { useProjectStore } from '../../stores/project.ts'
import { useScanJob } from './use-scan-job.ts'

/**
 * Loads again whenever findings may be others: after changes of images, labels or limits, after a scan, and after a connection that was lost.
 *
 * @param intervalMs not more often than this
 */
export function useReload(load: () => Promise<void>, intervalMs: number): void {
  const client = useClient()
  const projects = useProjectStore()
  const reload = coalesce(load, intervalMs)
  const ends = (
    ['images.changed', 'images.listChanged', 'journal.changed', 'hygiene.limitsChanged'] as const
  ).map((name) =>
    client.on(name, ({ projectId }) => {
      if (projectId === projects.project?.id) reload()
    }),
  )
  ends.push(client.onReconnected(reload))
  onBeforeUnmount(() => ends.forEach((end) => end()))
  watch(useScanJob(), (job, before) => {
    if (before && !job) reload()
  })
}

import { shallowRef, watch } from 'vue'
import { toErrorPayload } from '../../../../contract/errors.ts'
import type { HygieneSummary } from '../../../../contract/hygiene.ts'
import { useClient } from '../../client/index.ts'
import { useJobsStore } from '../../stores/jobs.ts'
import { useProjectStore } from '../../stores/project.ts'
import { useReload } from './use-reload.ts'
import { useScanJob } from './use-scan-job.ts'

/** The summary goes through all images: not more often than this. */
const reloadIntervalMs = 700

/** What was found in the shown project, read again when images, labels or findings changed, and the scan that finds more. */
export function useHygiene() {
  const client = useClient()
  const projects = useProjectStore()
  const jobs = useJobsStore()
  const summary = shallowRef<HygieneSummary | null>(null)
  const error = shallowRef<unknown>(null)
  const scanError = shallowRef<unknown>(null)
  const scanJob = useScanJob()

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    try {
      const answer = await client.request('hygiene.summary', { projectId })
      if (projects.project?.id !== projectId) return
      summary.value = answer
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  }

  async function scan(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    scanError.value = null
    try {
      await client.request('hygiene.scan', { projectId })
      await client.request('hygiene.findNeighbours', { projectId })
    } catch (thrown) {
      if (toErrorPayload(thrown).code !== 'cancelled') scanError.value = thrown
    }
    await load()
  }

  async function cancelScan(): Promise<void> {
    if (scanJob.value) await jobs.cancel(scanJob.value)
  }

  useReload(load, reloadIntervalMs)
  watch(
    () => projects.project?.id,
    () => {
      summary.value = null
      void load()
    },
    { immediate: true },
  )

  return { summary, error, scanError, scanJob, load, scan, cancelScan }
}

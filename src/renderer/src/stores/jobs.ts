import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { BackgroundJob, ImportReport } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'

function isActive({ state }: BackgroundJob): boolean {
  return state === 'running' || state === 'paused'
}

/** Work that core does behind the interface for the shown project. */
export const useJobsStore = defineStore('jobs', () => {
  const client = useClient()
  const projects = useProjectStore()
  const jobs = shallowRef<ReadonlyMap<string, BackgroundJob>>(new Map())
  /** The last finished import of this window, until it is dismissed. */
  const report = shallowRef<ImportReport | null>(null)

  const running = computed(() => [...jobs.value.values()].filter((job) => job.state === 'running'))
  /** Running or paused. */
  const active = computed(() => [...jobs.value.values()])

  function put(job: BackgroundJob): void {
    const next = new Map(jobs.value)
    if (isActive(job)) next.set(job.id, job)
    else next.delete(job.id)
    jobs.value = next
  }

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) {
      jobs.value = new Map()
      return
    }
    const answer = await client.request('jobs.list', { projectId })
    if (projects.project?.id !== projectId) return
    jobs.value = new Map(answer.jobs.filter(isActive).map((job) => [job.id, job]))
  }

  async function cancel(job: BackgroundJob): Promise<void> {
    await client.request('jobs.cancel', { projectId: job.projectId, jobId: job.id })
  }

  async function pause(job: BackgroundJob): Promise<void> {
    await client.request('jobs.pause', { projectId: job.projectId, jobId: job.id })
  }

  async function resume(job: BackgroundJob): Promise<void> {
    await client.request('jobs.resume', { projectId: job.projectId, jobId: job.id })
  }

  client.on('jobs.progress', ({ projectId, job }) => {
    if (projectId === projects.project?.id) put(job)
  })
  client.on('images.importFinished', (event) => {
    // What was pasted, taken or found is told by whoever did it.
    if (event.projectId === projects.project?.id && event.report && event.by === 'person') {
      report.value = event.report
    }
  })
  client.onReconnected(() => void load())
  watch(
    () => projects.project?.id,
    () => {
      report.value = null
      void load()
    },
    { immediate: true },
  )

  return { jobs, running, active, report, cancel, pause, resume, load }
})

import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { toErrorPayload } from '../../../../contract/errors.ts'
import type { LabelCheck, Suspect } from '../../../../contract/label-errors.ts'
import type { RequestOutput } from '../../../../contract/requests/index.ts'
import { trainPlanSchema } from '../../../../contract/train-plan.ts'
import { useClient } from '../../client/index.ts'
import { coalesce } from '../../stores/coalesce.ts'
import { useJobsStore } from '../../stores/jobs.ts'
import { useProjectStore } from '../../stores/project.ts'

/** Each goes through all labels: not more often than this. */
const reloadIntervalMs = 300

/** What the last search for label errors found in the shown project, with what became of it since, and the search that finds more. */
export function useLabelErrors() {
  const client = useClient()
  const projects = useProjectStore()
  const jobs = useJobsStore()
  const check = shallowRef<LabelCheck | null>(null)
  const suspects = shallowRef<readonly Suspect[]>([])
  const estimate = shallowRef<RequestOutput<'labelErrors.estimate'> | null>(null)
  const backbone = ref(trainPlanSchema.parse({}).backbone)
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)
  const searchError = shallowRef<unknown>(null)
  const asked = ref(false)

  const jobOf = (wanted: string) => [...jobs.jobs.values()].find(({ kind }) => kind === wanted)
  /** What looks at the labels, or before that at what shows the same. */
  const job = computed(() => jobOf('label-errors') ?? (asked.value ? jobOf('scan') : undefined))
  const isSearching = computed(() => asked.value || job.value !== undefined)

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    try {
      const [found, expected] = await Promise.all([
        client.request('labelErrors.list', { projectId }),
        client.request('labelErrors.estimate', { projectId, backbone: backbone.value }),
      ])
      if (projects.project?.id !== projectId) return
      if (!loaded.value && found.check) backbone.value = found.check.backbone
      check.value = found.check
      suspects.value = found.suspects
      estimate.value = expected
      error.value = null
      loaded.value = true
    } catch (thrown) {
      error.value = thrown
    }
  }

  async function search(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || isSearching.value) return
    searchError.value = null
    asked.value = true
    try {
      await client.request('labelErrors.find', { projectId, backbone: backbone.value })
    } catch (thrown) {
      if (toErrorPayload(thrown).code !== 'cancelled') searchError.value = thrown
    } finally {
      asked.value = false
    }
    await load()
  }

  async function stop(): Promise<void> {
    if (job.value) await jobs.cancel(job.value)
  }

  const reload = coalesce(load, reloadIntervalMs)
  const names = ['images.changed', 'images.listChanged', 'journal.changed', 'labelErrors.changed'] as const
  const ends = names.map((name) =>
    client.on(name, ({ projectId }) => {
      if (projectId === projects.project?.id) reload()
    }),
  )
  ends.push(client.onReconnected(reload))
  onBeforeUnmount(() => ends.forEach((end) => end()))
  watch(backbone, reload)
  watch(
    () => projects.project?.id,
    () => {
      loaded.value = false
      void load()
    },
    { immediate: true },
  )

  return {
    check,
    suspects,
    estimate,
    backbone,
    loaded,
    error,
    searchError,
    job,
    isSearching,
    load,
    search,
    stop,
  }
}

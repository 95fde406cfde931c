import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import type { FeatureCacheEntry } from '../../../../contract/requests/storage.ts'
import type { Graph } from '../../../../models/graph.ts'
import { useClient } from '../../client/index.ts'
import { coalesce } from '../../stores/coalesce.ts'
import { useProjectStore } from '../../stores/project.ts'
import { cachedLayers } from './freeze-tree.ts'

const reloadIntervalMs = 2000

/** The layers of a backbone whose results are cached for the shown project's images, kept up to date. */
export function useCachedLayers(graph: Ref<Graph>, inputSize: Ref<number>) {
  const client = useClient()
  const projects = useProjectStore()
  const features = shallowRef<readonly FeatureCacheEntry[]>([])

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (projectId === undefined) return
    const network = graph.value.name
    const answer = await client.request('storage.features', { projectId, network })
    if (projects.project?.id === projectId && graph.value.name === network) features.value = answer.features
  }

  const reload = coalesce(load, reloadIntervalMs)
  // Trainings and trials leave features.
  const ends = [
    client.on('runs.changed', (event) => {
      if (event.projectId === projects.project?.id) reload()
    }),
    client.on('jobs.progress', (event) => {
      if (event.projectId === projects.project?.id && event.job.state !== 'running') reload()
    }),
  ]
  onBeforeUnmount(() => ends.forEach((end) => end()))
  watch(
    () => [projects.project?.id, graph.value.name],
    () => {
      features.value = []
      reload()
    },
    { immediate: true },
  )
  return computed(() => cachedLayers(graph.value, features.value, inputSize.value))
}

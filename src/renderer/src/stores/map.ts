import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { EventPayload } from '../../../contract/events.ts'
import { mapColorings, type MapColoring } from '../../../contract/map.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { useProjectStore } from './project.ts'

/** Least time between two readings of the classes on the map. */
const reloadIntervalMs = 1000
const coloringKey = 'thaw.mapColoring'

/** The map of the shown project's images. */
export const useMapStore = defineStore('map', () => {
  const client = useClient()
  const projects = useProjectStore()
  const map = shallowRef<RequestOutput<'map.get'>['map']>(null)
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)
  const progress = shallowRef<EventPayload<'map.progress'>['progress']>(null)
  const computing = ref(false)
  const known = mapColorings.find((name) => name === localStorage.getItem(coloringKey))
  const coloring = ref<MapColoring>(known ?? 'class')
  /** The run whose predictions colour; null: suggestions. */
  const runId = ref<string | null>(null)
  /** Of `coloring`; null: classes colour, or it is not read yet. */
  const categories = shallowRef<RequestOutput<'map.colors'>['categories'] | null>(null)
  /** Whether a page shows it. */
  let isShown = false

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || !isShown) return
    try {
      const answer = await client.request('map.get', { projectId })
      if (projects.project?.id !== projectId) return
      await loadColors()
      map.value = answer.map
      error.value = null
      loaded.value = true
    } catch (thrown) {
      error.value = thrown
    }
  }

  async function loadColors(): Promise<void> {
    const projectId = projects.project?.id
    const by = coloring.value
    if (by === 'class') categories.value = null
    if (!projectId || by === 'class') return
    const asked = runId.value
    const answer = await client.request('map.colors', { projectId, by, runId: asked })
    if (projects.project?.id === projectId && coloring.value === by && runId.value === asked)
      categories.value = answer.categories
  }

  async function compute(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || computing.value) return
    computing.value = true
    try {
      await client.request('map.compute', { projectId })
      await load()
    } finally {
      computing.value = false
      progress.value = null
    }
  }

  async function cancel(): Promise<void> {
    const projectId = projects.project?.id
    if (projectId) await client.request('map.cancel', { projectId })
  }

  function show(shown: boolean): void {
    isShown = shown
    if (shown) void load()
  }

  const reload = coalesce(load, reloadIntervalMs)
  for (const name of [
    'images.changed',
    'images.listChanged',
    'classes.changed',
    'hygiene.limitsChanged',
    'suggestions.changed',
  ] as const) {
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id && isShown) reload()
    })
  }
  client.on('map.progress', (event) => {
    if (event.projectId === projects.project?.id) progress.value = event.progress
  })
  client.onReconnected(() => void load())
  watch([coloring, runId], () => {
    localStorage.setItem(coloringKey, coloring.value)
    categories.value = null
    loadColors().catch((thrown: unknown) => (error.value = thrown))
  })
  watch(
    () => projects.project?.id,
    () => {
      map.value = null
      loaded.value = false
      error.value = null
      progress.value = null
      runId.value = null
      categories.value = null
      void load()
    },
  )

  return { map, coloring, runId, categories, loaded, error, progress, computing, load, compute, cancel, show }
})

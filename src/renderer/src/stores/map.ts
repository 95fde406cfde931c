import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { EventPayload } from '../../../contract/events.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { useProjectStore } from './project.ts'

/** Least time between two readings of the classes on the map. */
const reloadIntervalMs = 1000

/** The map of the shown project's images. */
export const useMapStore = defineStore('map', () => {
  const client = useClient()
  const projects = useProjectStore()
  const map = shallowRef<RequestOutput<'map.get'>['map']>(null)
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)
  const progress = shallowRef<EventPayload<'map.progress'>['progress']>(null)
  const computing = ref(false)
  /** Whether a page shows it. */
  let isShown = false

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || !isShown) return
    try {
      const answer = await client.request('map.get', { projectId })
      if (projects.project?.id !== projectId) return
      map.value = answer.map
      error.value = null
      loaded.value = true
    } catch (thrown) {
      error.value = thrown
    }
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
  for (const name of ['images.changed', 'images.listChanged', 'classes.changed'] as const) {
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id && isShown) reload()
    })
  }
  client.on('map.progress', (event) => {
    if (event.projectId === projects.project?.id) progress.value = event.progress
  })
  client.onReconnected(() => void load())
  watch(
    () => projects.project?.id,
    () => {
      map.value = null
      loaded.value = false
      error.value = null
      progress.value = null
      void load()
    },
  )

  return { map, loaded, error, progress, computing, load, compute, cancel, show }
})

import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ImageClass } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { useProjectStore } from './project.ts'

/** The shown project's classes, in their order. */
export const useClassesStore = defineStore('classes', () => {
  const client = useClient()
  const projects = useProjectStore()
  const classes = shallowRef<readonly ImageClass[]>([])
  const loaded = shallowRef(false)

  const byId = computed(() => new Map(classes.value.map((imageClass) => [imageClass.id, imageClass])))
  const byKey = computed(
    () =>
      new Map(
        classes.value.flatMap((imageClass) =>
          imageClass.key ? [[imageClass.key.toLowerCase(), imageClass] as const] : [],
        ),
      ),
  )

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('classes.list', { projectId })
    if (projects.project?.id !== projectId) return
    classes.value = answer.classes
    loaded.value = true
  }

  function projectId(): string {
    if (!projects.project) throw new Error('no project is shown')
    return projects.project.id
  }

  async function create(name: string): Promise<ImageClass> {
    const created = await client.request('classes.create', { projectId: projectId(), name })
    await load()
    return created
  }

  async function rename(classId: number, name: string): Promise<void> {
    await client.request('classes.rename', { projectId: projectId(), classId, name })
    await load()
  }

  async function remove(classId: number): Promise<void> {
    await client.request('classes.delete', { projectId: projectId(), classId })
    await load()
  }

  const reload = coalesce(load, 150)
  for (const name of ['classes.changed', 'images.listChanged', 'images.changed'] as const) {
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id) reload()
    })
  }
  client.onReconnected(reload)
  watch(
    () => projects.project?.id,
    () => {
      classes.value = []
      loaded.value = false
      reload()
    },
    { immediate: true },
  )

  return { classes, loaded, byId, byKey, create, rename, remove, load }
})

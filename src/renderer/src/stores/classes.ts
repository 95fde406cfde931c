import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ImageClass } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { useProjectStore } from './project.ts'
import { useSavingStore } from './saving.ts'

/** The shown project's classes, in their order. */
export const useClassesStore = defineStore('classes', () => {
  const client = useClient()
  const projects = useProjectStore()
  const saving = useSavingStore()
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

  async function create(name: string): Promise<ImageClass> {
    const created = await saving.save(
      client.request('classes.create', { projectId: projects.shownId(), name }),
    )
    await load()
    return created
  }

  /** What is left out stays. A class that had the key loses it. */
  async function update(
    classId: number,
    change: { name?: string; color?: string; key?: string | null },
  ): Promise<void> {
    await saving.save(client.request('classes.update', { projectId: projects.shownId(), classId, ...change }))
    await load()
  }

  /** Shows the new order before core has confirmed it. @param classIds every class once */
  async function reorder(classIds: number[]): Promise<void> {
    classes.value = classIds.flatMap((id) => byId.value.get(id) ?? [])
    try {
      await saving.save(client.request('classes.reorder', { projectId: projects.shownId(), classIds }))
    } finally {
      await load()
    }
  }

  /** The images of one class get another, and the first is deleted. @returns how many changed */
  async function merge(fromId: number, intoId: number): Promise<number> {
    const request = client.request('classes.merge', { projectId: projects.shownId(), fromId, intoId })
    const { changed } = await saving.save(request)
    await load()
    return changed
  }

  /** A new class of these images. */
  async function splitOff(imageIds: number[], name: string): Promise<ImageClass> {
    const request = client.request('classes.splitOff', { projectId: projects.shownId(), imageIds, name })
    const created = await saving.save(request)
    await load()
    return created
  }

  async function remove(classId: number): Promise<void> {
    await saving.save(client.request('classes.delete', { projectId: projects.shownId(), classId }))
    await load()
  }

  /** Ahead of core's own counts. @param deltas by class id */
  function moveCounts(deltas: ReadonlyMap<number | null, number>): void {
    classes.value = classes.value.map((imageClass) => {
      const by = deltas.get(imageClass.id)
      return by ? { ...imageClass, images: imageClass.images + by } : imageClass
    })
  }

  const reload = coalesce(load, 150)
  /** Counts alone: moved along by hand when labels are given here, so core need not be asked at once. */
  const recount = coalesce(load, 1000)
  client.on('classes.changed', (event) => {
    if (event.projectId === projects.project?.id) reload()
  })
  for (const name of ['images.listChanged', 'images.changed'] as const) {
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id) recount()
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

  return {
    classes,
    loaded,
    byId,
    byKey,
    create,
    update,
    reorder,
    merge,
    splitOff,
    remove,
    moveCounts,
    load,
  }
})

import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef, watch } from 'vue'
import type { ImageFilter, ImageSort, Split } from '../../../contract/entities.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { createImageCache } from './image-cache.ts'
import { useProjectStore } from './project.ts'

/** At this many images or more a reading of all ids is not repeated with every event of an import. */
const relistIntervalMs = 600

/** The images of the shown project that pass the filter, as ids in order, and rows for those that are looked at. */
export const useImagesStore = defineStore('images', () => {
  const client = useClient()
  const projects = useProjectStore()

  const filter = shallowRef<ImageFilter>({})
  const sort = ref<ImageSort>('path')
  const ids = shallowRef<readonly number[]>([])
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)
  const counts = shallowRef<RequestOutput<'images.counts'> | null>(null)
  /** Grows whenever rows came or changed. */
  const version = ref(0)
  /** Commands under way, and whether the last one is on disk. */
  const saving = ref(0)
  const savedAt = ref<number | null>(null)

  const cache = markRaw(
    createImageCache(
      async (wanted) => {
        const projectId = projects.project?.id
        if (!projectId) return []
        return (await client.request('images.get', { projectId, ids: wanted })).images
      },
      () => version.value++,
    ),
  )

  const isFiltered = computed(() =>
    Object.values(filter.value).some((part) => part !== undefined && part !== ''),
  )
  const total = computed(() => counts.value?.total ?? ids.value.length)

  let listing = 0
  async function list(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const mine = ++listing
    try {
      const answer = await client.request('images.ids', { projectId, filter: filter.value, sort: sort.value })
      if (mine !== listing || projects.project?.id !== projectId) return
      ids.value = markRaw(answer.ids)
      error.value = null
      loaded.value = true
    } catch (thrown) {
      if (mine === listing) error.value = thrown
    }
  }

  async function count(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('images.counts', { projectId })
    if (projects.project?.id === projectId) counts.value = answer
  }

  const relist = coalesce(list, relistIntervalMs)
  const recount = coalesce(count, 400)
  const refresh = coalesce(async () => void version.value++, 200)

  /** Whether a change of labels or splits can change which images are shown, or their order. */
  function dependsOnLabels(): boolean {
    const { classIds, splits } = filter.value
    return !!classIds || !!splits || sort.value === 'class' || sort.value === 'split'
  }

  async function save<Answer>(work: (projectId: string) => Promise<Answer>): Promise<Answer> {
    if (!projects.project) throw new Error('no project is shown')
    saving.value++
    savedAt.value = null
    try {
      const answer = await work(projects.project.id)
      savedAt.value = Date.now()
      return answer
    } finally {
      saving.value--
    }
  }

  async function setLabel(imageIds: number[], classId: number | null): Promise<number> {
    const { changed } = await save((projectId) =>
      client.request('labels.set', { projectId, imageIds, classId }),
    )
    cache.patch(imageIds, { classId })
    if (dependsOnLabels()) await list()
    return changed
  }

  async function setSplit(imageIds: number[], split: Split | null): Promise<number> {
    const { changed } = await save((projectId) =>
      client.request('splits.set', { projectId, imageIds, split }),
    )
    cache.patch(imageIds, { split })
    if (dependsOnLabels()) await list()
    recount()
    return changed
  }

  async function remove(imageIds: number[]): Promise<number> {
    const { changed } = await save((projectId) => client.request('images.remove', { projectId, imageIds }))
    await list()
    return changed
  }

  function setFilter(change: Partial<ImageFilter>): void {
    filter.value = { ...filter.value, ...change }
  }

  function clearFilter(): void {
    filter.value = {}
  }

  client.on('images.changed', (event) => {
    if (event.projectId !== projects.project?.id) return
    cache.invalidate(event.ids)
    refresh()
    recount()
    if (dependsOnLabels() || filter.value.statuses) relist()
  })
  client.on('images.listChanged', (event) => {
    if (event.projectId !== projects.project?.id) return
    relist()
    recount()
  })
  client.on('classes.changed', (event) => {
    if (event.projectId === projects.project?.id) recount()
  })
  client.onReconnected(() => {
    cache.invalidate(null)
    refresh()
    relist()
    recount()
  })
  watch([filter, sort], () => void list())
  watch(
    () => projects.project?.id,
    () => {
      cache.clear()
      ids.value = []
      counts.value = null
      loaded.value = false
      error.value = null
      savedAt.value = null
      filter.value = {}
      void list()
      recount()
    },
    { immediate: true },
  )

  return {
    filter,
    sort,
    ids,
    loaded,
    error,
    counts,
    version,
    saving,
    savedAt,
    cache,
    isFiltered,
    total,
    list,
    setFilter,
    clearFilter,
    setLabel,
    setSplit,
    remove,
  }
})

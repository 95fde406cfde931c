import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef, triggerRef, watch } from 'vue'
import type { Image, Split } from '../../../contract/entities.ts'
import type {
  GroupValue,
  ImageFilter,
  ImageGroup,
  ImageGrouping,
  ImageSort,
} from '../../../contract/image-query.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { useClassesStore } from './classes.ts'
import { coalesce } from './coalesce.ts'
import { createImageCache, type ImagePatch } from './image-cache.ts'
import {
  filterIsOfCore,
  filterIsOfState,
  labelDeltas,
  listIsOfHead,
  orderIsOfState,
  passesState,
  withoutImages,
} from './image-list.ts'
import { useProjectStore } from './project.ts'
import { useSavingStore } from './saving.ts'

/** Least time between two readings of all ids, whatever happens meanwhile. */
const relistIntervalMs = 600
/** Counts are moved along by hand at once; core is asked for them no more often than this. */
const recountIntervalMs = 1000
const byPath: ImageSort = { by: 'path', descending: false }
/** Up to this many changed images are looked at one by one; for more the list is read again. */
const fewImages = 500

/** The images of the shown project that pass the filter, as ids in order, and rows for those that are looked at. */
export const useImagesStore = defineStore('images', () => {
  const client = useClient()
  const projects = useProjectStore()
  const classes = useClassesStore()
  const saving = useSavingStore()

  const filter = shallowRef<ImageFilter>({})
  const sort = shallowRef<ImageSort>(byPath)
  const grouping = ref<ImageGrouping>('none')
  /** Of the ids, one group after another; without a grouping none. */
  const groups = shallowRef<readonly ImageGroup[]>([])
  /** Groups of which only the header is shown. */
  const collapsed = shallowRef<ReadonlySet<GroupValue>>(new Set())
  const ids = shallowRef<readonly number[]>([])
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)
  const counts = shallowRef<RequestOutput<'images.counts'> | null>(null)
  /** Grows whenever rows came or changed. */
  const version = ref(0)
  /** In place of what filter and sort give: images in an order of their own, until either is changed. */
  const chosen = shallowRef<readonly number[] | null>(null)
  /** Of the shown ids those without a label, while somebody asks for the next one; else null. */
  const unlabelled = shallowRef<Set<number> | null>(null)
  /** The ids as a set, made when first needed. */
  let shown: Set<number> | null = null
  let followsUnlabelled = false

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

  const isFiltered = computed(
    () =>
      chosen.value !== null ||
      Object.entries(filter.value).some(
        ([name, part]) => name !== 'run' && part !== undefined && part !== '',
      ),
  )
  const total = computed(() => counts.value?.total ?? ids.value.length)

  let listing = 0
  async function list(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const mine = ++listing
    const of = { projectId, sort: sort.value }
    try {
      const [all, without] = await Promise.all([
        chosen.value
          ? { ids: [...chosen.value], groups: [] }
          : client.request('images.ids', { ...of, filter: filter.value, grouping: grouping.value }),
        followsUnlabelled && wantsUnlabelled()
          ? client.request('images.ids', { ...of, filter: { ...filter.value, classIds: [null] } })
          : null,
      ])
      if (mine !== listing || projects.project?.id !== projectId) return
      setIds(all.ids, all.groups)
      if (followsUnlabelled) {
        const listed = new Set(all.ids)
        unlabelled.value = markRaw(new Set(without?.ids.filter((id) => listed.has(id))))
      }
      error.value = null
      loaded.value = true
    } catch (thrown) {
      if (mine === listing) error.value = thrown
    }
  }

  /** Shows these and no others. */
  async function showOnly(imageIds: readonly number[]): Promise<void> {
    chosen.value = markRaw([...imageIds])
    await list()
  }

  function wantsUnlabelled(): boolean {
    return filter.value.classIds?.includes(null) ?? true
  }

  function setIds(next: readonly number[], inGroups: readonly ImageGroup[] = []): void {
    groups.value = markRaw(inGroups)
    ids.value = markRaw(next)
    shown = null
  }

  /** From now on `unlabelled` is kept, or no longer. */
  async function followUnlabelled(follow: boolean): Promise<void> {
    followsUnlabelled = follow
    if (follow) await list()
    else unlabelled.value = null
  }

  async function count(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('images.counts', { projectId })
    if (projects.project?.id === projectId) counts.value = answer
  }

  const relist = coalesce(list, relistIntervalMs)
  const recount = coalesce(count, recountIntervalMs)
  const refresh = coalesce(async () => void version.value++, 200)

  /** Those that the filter does not show, among rows that are here. */
  function failing(among: readonly number[]): Set<number> {
    const found = among.filter((id) => {
      const image = cache.get(id)
      return image && !passesState(filter.value, image)
    })
    return new Set(found)
  }

  /** Takes from the list what the filter does not show any more. No image comes into it by this. */
  function leaveList(gone: ReadonlySet<number>): void {
    if (gone.size === 0) return
    const left = withoutImages(ids.value, groups.value, gone)
    if (left.ids.length === ids.value.length) return
    const kept = shown
    setIds(left.ids, left.groups)
    shown = kept
    for (const id of gone) kept?.delete(id)
  }

  /** Brings the list up to rows that changed in core, and reads it again only where an image may have come into it. */
  async function follow(changed: readonly number[]): Promise<void> {
    if (!filterIsOfState(filter.value) && !followsUnlabelled) return
    await cache.want(changed)
    leaveList(failing(changed))
    shown ??= new Set(ids.value)
    for (const id of changed) {
      const image = cache.get(id)
      if (!image) continue
      if (!shown.has(id) && passesState(filter.value, image)) relist()
      noteLabelled(id, image.classIds.length > 0 || !shown.has(id))
    }
    triggerRef(unlabelled)
  }

  /** The set is changed in place: copying a hundred thousand for each label would be felt. */
  function noteLabelled(id: number, isLabelled: boolean): void {
    if (isLabelled) unlabelled.value?.delete(id)
    else unlabelled.value?.add(id)
  }

  /**
   * Shows a change before core has confirmed it, so that nobody waits for the disk; takes it back where core refuses.
   */
  async function change<Answer>(
    imageIds: readonly number[],
    patch: ImagePatch,
    ask: (projectId: string) => Promise<Answer>,
  ): Promise<Answer> {
    const projectId = projects.shownId()
    cache.patch(imageIds, patch)
    if (typeof patch === 'function') leaveList(failing(imageIds))
    else if (!passesState(filter.value, patch)) leaveList(new Set(imageIds))
    try {
      return await saving.save(ask(projectId))
    } catch (thrown) {
      cache.invalidate(imageIds)
      version.value++
      relist()
      recount()
      throw thrown
    }
  }

  async function setLabel(imageIds: number[], classId: number | null): Promise<number> {
    const rows = imageIds.flatMap((id) => cache.get(id) ?? [])
    if (rows.length === imageIds.length) moveCounts(labelDeltas(rows, classId))
    for (const id of imageIds) noteLabelled(id, classId !== null)
    triggerRef(unlabelled)
    const patch = { classId, classIds: classId === null ? [] : [classId] }
    const { changed } = await change(imageIds, patch, (projectId) =>
      client.request('labels.set', { projectId, imageIds, classId }),
    )
    return changed
  }

  /** Gives a class beside the others that images have, or takes it from them where all have it. @returns whether it was given */
  async function toggleClass(imageIds: number[], classId: number): Promise<boolean> {
    const rows = imageIds.flatMap((id) => cache.get(id) ?? [])
    const give = rows.length < imageIds.length || rows.some((image) => !image.classIds.includes(classId))
    for (const image of rows) noteLabelled(image.id, give || image.classIds.some((id) => id !== classId))
    triggerRef(unlabelled)
    const patch = ({ classIds }: Image) => {
      const others = classIds.filter((id) => id !== classId)
      const next = give ? [...others, classId].sort((a, b) => a - b) : others
      return { classIds: next, classId: next[0] ?? null }
    }
    await change(imageIds, patch, (projectId) =>
      client.request('labels.set', { projectId, imageIds, classId, mode: give ? 'add' : 'remove' }),
    )
    return give
  }

  /** Ahead of core's own counts. */
  function moveCounts(deltas: ReadonlyMap<number | null, number>): void {
    classes.moveCounts(deltas)
    if (!counts.value) return
    const byClass = new Map(counts.value.byClass.map((entry) => [entry.classId, entry.count]))
    for (const [classId, by] of deltas) byClass.set(classId, (byClass.get(classId) ?? 0) + by)
    counts.value = { ...counts.value, byClass: [...byClass].map(([classId, count]) => ({ classId, count })) }
  }

  async function setSplit(imageIds: number[], split: Split | null): Promise<number> {
    const { changed } = await change(imageIds, { split }, (projectId) =>
      client.request('splits.set', { projectId, imageIds, split }),
    )
    return changed
  }

  async function setMarks(
    imageIds: number[],
    marks: Partial<Pick<Image, 'flagged' | 'unsure' | 'note'>>,
  ): Promise<number> {
    const { changed } = await change(imageIds, marks, (projectId) =>
      client.request('marks.set', { projectId, imageIds, ...marks }),
    )
    return changed
  }

  async function remove(imageIds: number[]): Promise<number> {
    const projectId = projects.shownId()
    const { changed } = await saving.save(client.request('images.remove', { projectId, imageIds }))
    leaveList(new Set(imageIds))
    return changed
  }

  function setFilter(change: Partial<ImageFilter>): void {
    filter.value = { ...filter.value, ...change }
  }

  /** What predictions are shown of is no part of what is shown. */
  function clearFilter(): void {
    chosen.value = null
    const { run } = filter.value
    filter.value = run === undefined ? {} : { run }
  }

  function setCollapsed(values: Iterable<GroupValue>, isCollapsed: boolean): void {
    const next = new Set(collapsed.value)
    for (const value of values) {
      if (isCollapsed) next.add(value)
      else next.delete(value)
    }
    collapsed.value = next
  }

  client.on('images.changed', (event) => {
    if (event.projectId !== projects.project?.id) return
    cache.invalidate(event.ids)
    refresh()
    recount()
    if (orderIsOfState(sort.value, grouping.value) || filterIsOfCore(filter.value)) relist()
    else if (event.ids && event.ids.length <= fewImages) follow(event.ids).catch(relist)
    else if (filterIsOfState(filter.value) || followsUnlabelled) relist()
  })
  client.on('images.listChanged', (event) => {
    if (event.projectId !== projects.project?.id) return
    relist()
    recount()
  })
  client.on('classes.changed', (event) => {
    if (event.projectId === projects.project?.id) recount()
  })
  let newestHead: number | undefined
  client.on('suggestions.changed', ({ projectId, status }) => {
    if (projectId !== projects.project?.id || status.head?.createdAt === newestHead) return
    newestHead = status.head?.createdAt
    if (listIsOfHead(filter.value, sort.value, grouping.value)) relist()
  })
  client.onReconnected(() => {
    cache.invalidate(null)
    version.value++
    relist()
    recount()
  })
  watch([filter, sort, grouping], () => {
    chosen.value = null
    void list()
  })
  watch(grouping, () => (collapsed.value = new Set()))
  watch(
    () => projects.project?.id,
    () => {
      cache.clear()
      setIds([])
      counts.value = null
      loaded.value = false
      error.value = null
      followsUnlabelled = false
      unlabelled.value = null
      chosen.value = null
      filter.value = {}
      sort.value = byPath
      grouping.value = 'none'
      collapsed.value = new Set()
      void list()
      recount()
    },
    { immediate: true },
  )

  return {
    filter,
    sort,
    grouping,
    groups,
    collapsed,
    ids,
    loaded,
    error,
    counts,
    version,
    unlabelled,
    cache,
    isFiltered,
    total,
    list,
    showOnly,
    setFilter,
    clearFilter,
    setCollapsed,
    followUnlabelled,
    setLabel,
    toggleClass,
    setSplit,
    setMarks,
    remove,
  }
})

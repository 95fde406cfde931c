import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { SavedView } from '../../../contract/image-query.ts'
import { useClient } from '../client/index.ts'
import { useImagesStore } from './images.ts'
import { useProjectStore } from './project.ts'
import { useSavingStore } from './saving.ts'

/** The shown project's saved views: filters and orders of its images. */
export const useViewsStore = defineStore('views', () => {
  const client = useClient()
  const projects = useProjectStore()
  const saving = useSavingStore()
  const images = useImagesStore()
  const views = shallowRef<readonly SavedView[]>([])

  /** The view that shows what is shown. */
  const shown = computed(() =>
    views.value.find(
      ({ filter, sort, grouping }) =>
        grouping === images.grouping && isSame(sort, images.sort) && isSame(filter, images.filter),
    ),
  )

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('views.list', { projectId })
    if (projects.project?.id === projectId) views.value = answer.views
  }

  /** Gives what is shown a name; a view that has it is changed. */
  async function save(name: string): Promise<void> {
    const viewId = views.value.find((view) => view.name === name.trim())?.id
    const { filter, sort, grouping } = images
    await saving.save(
      client.request('views.save', { projectId: projects.shownId(), viewId, name, filter, sort, grouping }),
    )
    await load()
  }

  async function remove(viewId: number): Promise<void> {
    await saving.save(client.request('views.delete', { projectId: projects.shownId(), viewId }))
    await load()
  }

  function show(view: SavedView): void {
    images.clearFilter()
    images.filter = view.filter
    images.sort = view.sort
    images.grouping = view.grouping
  }

  client.on('views.changed', (event) => {
    if (event.projectId === projects.project?.id) void load()
  })
  watch(
    () => projects.project?.id,
    () => {
      views.value = []
      void load()
    },
    { immediate: true },
  )
  return { views, shown, save, remove, show }
})

function isSame(one: object, other: object): boolean {
  const textOf = (filter: object): string =>
    JSON.stringify(
      Object.entries(filter)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  return textOf(one) === textOf(other)
}

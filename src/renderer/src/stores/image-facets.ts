import { defineStore } from 'pinia'
import { shallowReactive, shallowRef, watch } from 'vue'
import type { GroupValue, ImageFacet } from '../../../contract/image-query.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { coalesce } from './coalesce.ts'
import { useImagesStore } from './images.ts'
import { useProjectStore } from './project.ts'

/** Least time between two countings, whatever happens meanwhile. */
const recountIntervalMs = 400

/** How many images each value of the filter would show, counted for what is looked at; and the imports that values of one part are. */
export const useImageFacetsStore = defineStore('image-facets', () => {
  const client = useClient()
  const projects = useProjectStore()
  const images = useImagesStore()

  const counts = shallowRef<Partial<Record<ImageFacet, ReadonlyMap<GroupValue, number>>>>({})
  const imports = shallowRef<RequestOutput<'images.imports'>['imports']>([])
  /** By how many they are looked at. */
  const wanted = shallowReactive(new Map<ImageFacet, number>())
  let wantsImports = false

  async function count(): Promise<void> {
    const projectId = projects.project?.id
    const facets = [...wanted.keys()]
    if (!projectId || facets.length === 0) return
    const { filter } = images
    const answer = await client.request('images.facets', { projectId, filter, facets })
    // Counted for another filter: the next counting is under way.
    if (projects.project?.id !== projectId || filter !== images.filter) return
    const next = { ...counts.value }
    for (const facet of facets) {
      next[facet] = new Map(answer.facets[facet]?.map(({ value, count: found }) => [value, found]))
    }
    counts.value = next
  }

  async function loadImports(): Promise<void> {
    wantsImports = true
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('images.imports', { projectId })
    if (projects.project?.id === projectId) imports.value = answer.imports
  }

  const recount = coalesce(count, recountIntervalMs)

  /** Has these counted from now on. @returns a function that ends it */
  function want(facets: readonly ImageFacet[]): () => void {
    for (const facet of facets) wanted.set(facet, (wanted.get(facet) ?? 0) + 1)
    // At once: somebody has opened a menu.
    count().catch(console.error)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      for (const facet of facets) {
        const left = (wanted.get(facet) ?? 1) - 1
        if (left > 0) wanted.set(facet, left)
        else {
          wanted.delete(facet)
          // Old by the time it is looked at again.
          counts.value = { ...counts.value, [facet]: undefined }
        }
      }
    }
  }

  /** 0 for what is not there, undefined until it is counted. */
  function countOf(facet: ImageFacet, value: GroupValue): number | undefined {
    const known = counts.value[facet]
    return known && (known.get(value) ?? 0)
  }

  for (const name of ['images.changed', 'images.listChanged', 'suggestions.changed'] as const) {
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id) recount()
    })
  }
  client.on('images.listChanged', (event) => {
    if (event.projectId === projects.project?.id && wantsImports) loadImports().catch(console.error)
  })
  watch(
    () => images.filter,
    () => void count().catch(console.error),
  )
  watch(
    () => projects.project?.id,
    () => {
      counts.value = {}
      imports.value = []
      if (wantsImports) loadImports().catch(console.error)
      recount()
    },
  )

  return { imports, want, countOf, loadImports }
})

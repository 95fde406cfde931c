import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import {
  suggestionStrategies,
  type SuggestionsStatus,
  type SuggestionStrategy,
} from '../../../contract/suggestions.ts'
import { useClient } from '../client/index.ts'
import { useImagesStore } from './images.ts'
import { useProjectStore } from './project.ts'
import { useSavingStore } from './saving.ts'

/** The class that an unlabelled image is proposed. */
export interface Proposal {
  classId: number
  /** 0 to 1. */
  probability: number
}

const requestSize = 1000
const mostKept = 20_000
const strategyKey = 'thaw.suggestionStrategy'

/** What core proposes for the images of the shown project, and how that comes along. */
export const useSuggestionsStore = defineStore('suggestions', () => {
  const client = useClient()
  const projects = useProjectStore()
  const images = useImagesStore()
  const saving = useSavingStore()

  const status = shallowRef<SuggestionsStatus | null>(null)
  const known = suggestionStrategies.find((name) => name === localStorage.getItem(strategyKey))
  const strategy = ref<SuggestionStrategy>(known ?? 'mixed')
  /** By image, of those that were looked at; while suggestions are off only classes that came along with images. */
  const proposals = shallowRef<ReadonlyMap<number, Proposal>>(new Map())
  /** Those that the newest head was asked of. */
  let asked = new Set<number>()
  /** What was looked at last: to ask the next head of. */
  let inView: readonly number[] = []

  const isOn = computed(() => status.value?.enabled ?? false)
  /** Whether there is anything to propose. */
  const proposes = computed(() => (isOn.value && status.value?.head != null) || given() > 0)
  const given = (): number => status.value?.given ?? 0

  function take(next: SuggestionsStatus): void {
    const isNewHead = next.head?.createdAt !== status.value?.head?.createdAt
    const isGivenAnew = next.given !== given()
    const wasOn = isOn.value
    status.value = next
    if (!next.enabled && (wasOn || next.given === 0)) forget()
    if (proposes.value && (isNewHead || isGivenAnew || next.enabled !== wasOn)) {
      asked = new Set()
      void want(inView).catch(console.error)
    }
  }

  function forget(): void {
    asked = new Set()
    proposals.value = new Map()
  }

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('suggestions.status', { projectId })
    if (projects.project?.id === projectId) take(answer)
  }

  async function setEnabled(enabled: boolean): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('suggestions.setEnabled', { projectId, enabled })
    if (projects.project?.id === projectId) take(answer)
  }

  /** @param runId of the run whose model is to propose classes; null: the head that learns in the background */
  async function setRun(runId: string | null): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('suggestions.setRun', { projectId, runId })
    if (projects.project?.id === projectId) take(answer)
  }

  /** Makes sure that the proposals of these images come, where suggestions are on. */
  async function want(imageIds: readonly number[]): Promise<void> {
    inView = imageIds
    const projectId = projects.project?.id
    if (!projectId || !proposes.value) return
    const missing = imageIds.filter((id) => !asked.has(id))
    for (const id of missing) asked.add(id)
    const generation = asked
    for (let first = 0; first < missing.length; first += requestSize) {
      const part = missing.slice(first, first + requestSize)
      const answer = await client.request('suggestions.of', {
        projectId,
        imageIds: part,
        givenOnly: !isOn.value,
      })
      if (generation !== asked || projects.project?.id !== projectId) return
      const next = new Map(proposals.value.size > mostKept ? [] : proposals.value)
      for (const id of part) next.delete(id)
      for (const { imageId, classId, probability } of answer.suggestions) {
        next.set(imageId, { classId, probability })
      }
      proposals.value = next
    }
  }

  /** Of these, the images that have no label and are proposed one. */
  function proposed(imageIds: readonly number[]): number[] {
    return imageIds.filter((id) => proposals.value.has(id) && images.cache.get(id)?.classIds.length === 0)
  }

  /** Labels them as it is shown: one command. @returns how many were labelled */
  async function accept(imageIds: readonly number[]): Promise<number> {
    const projectId = projects.project?.id
    const groups = new Map<number, number[]>()
    for (const id of proposed(imageIds)) {
      const { classId } = proposals.value.get(id) as Proposal
      const group = groups.get(classId)
      if (group) group.push(id)
      else groups.set(classId, [id])
    }
    if (!projectId || groups.size === 0) return 0
    // Shown before core has confirmed it, so that nobody waits for the disk.
    for (const [classId, ids] of groups) images.cache.patch(ids, { classId, classIds: [classId] })
    try {
      const { changed } = await saving.save(
        client.request('suggestions.accept', {
          projectId,
          groups: [...groups].map(([classId, ids]) => ({ classId, imageIds: ids })),
        }),
      )
      return changed
    } catch (error) {
      images.cache.invalidate([...groups.values()].flat())
      images.version++
      throw error
    }
  }

  /** Those that look like this one and are proposed the same class. */
  async function alike(imageId: number): Promise<number[]> {
    const projectId = projects.project?.id
    if (!projectId) return []
    const { imageIds } = await client.request('suggestions.alike', { projectId, imageId })
    await want([...new Set([...inView, ...imageIds])])
    await images.cache.want(imageIds)
    return imageIds
  }

  /** Shows the images to label next, in the order of the strategy, of those that the filter lets through. @returns how many */
  async function showNext(count: number): Promise<number> {
    const projectId = projects.project?.id
    if (!projectId) return 0
    const next = await client.request('suggestions.next', {
      projectId,
      count,
      strategy: strategy.value,
      filter: images.filter,
    })
    if (projects.project?.id !== projectId || next.images.length === 0) return 0
    const ids = next.images.map(({ id }) => id)
    await images.showOnly(ids)
    // All of them, so that all can be accepted at once.
    await Promise.all([images.cache.want(ids), want(ids)])
    return next.images.length
  }

  client.on('suggestions.changed', (event) => {
    if (event.projectId === projects.project?.id) take(event.status)
  })
  client.on('images.changed', (event) => {
    if (event.projectId !== projects.project?.id || !proposes.value) return
    // Who lost a label is proposed one again.
    if (event.ids) for (const id of event.ids) asked.delete(id)
    else asked = new Set()
  })
  client.onReconnected(() => void load().catch(console.error))
  watch(strategy, (name) => localStorage.setItem(strategyKey, name))
  watch(
    () => projects.project?.id,
    () => {
      status.value = null
      inView = []
      forget()
      void load().catch(console.error)
    },
    { immediate: true },
  )

  return {
    status,
    strategy,
    proposals,
    isOn,
    proposes,
    setEnabled,
    setRun,
    want,
    proposed,
    accept,
    alike,
    showNext,
    load,
  }
})

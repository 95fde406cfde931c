import { computed, onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import type { Image } from '../../../../../contract/entities.ts'
import { useClient } from '../../../client/index.ts'
import { useProjectStore } from '../../../stores/project.ts'

/** So that a number that is held down is drawn once, when it rests. */
const restMs = 250

/** What variants of an image are made with. */
export interface PreviewSettings {
  augment: string
  seed: number
  inputSize: number
}

/**
 * Variants of one image of the shown project, made again when the settings change.
 *
 * @param settings null: they cannot be read now, so the last variants stay
 * @param count how many variants
 */
export function usePreview(settings: Ref<PreviewSettings | null>, count: number) {
  const client = useClient()
  const projects = useProjectStore()
  const ids = shallowRef<readonly number[] | null>(null)
  const position = ref(0)
  const image = shallowRef<Image | null>(null)
  const urls = shallowRef<readonly string[]>([])
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const isEmpty = computed(() => ids.value?.length === 0)

  async function loadIds(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    error.value = null
    try {
      const answer = await client.request('images.ids', {
        projectId,
        filter: { statuses: ['ready'] },
      })
      ids.value = answer.ids
      position.value = Math.floor(Math.random() * Math.max(1, answer.ids.length))
    } catch (thrown) {
      error.value = thrown
    }
  }

  /** Another image, at random. */
  function another(): void {
    const length = ids.value?.length ?? 0
    if (length < 2) return
    position.value = (position.value + 1 + Math.floor(Math.random() * (length - 1))) % length
  }

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    const imageId = ids.value?.[position.value]
    if (!projectId || imageId === undefined || settings.value === null) return
    const number = ++asked
    busy.value = true
    try {
      const [answer, { images }] = await Promise.all([
        client.request('augmentations.preview', { projectId, imageId, count, ...settings.value }),
        client.request('images.get', { projectId, ids: [imageId] }),
      ])
      if (number !== asked) return
      urls.value = answer.urls
      image.value = images[0] ?? null
      error.value = null
    } catch (thrown) {
      if (number === asked) error.value = thrown
    } finally {
      if (number === asked) busy.value = false
    }
  }

  watch([() => ids.value?.[position.value], () => JSON.stringify(settings.value)], ([id], [before]) => {
    clearTimeout(timer)
    // Another image is wanted now; numbers may still be changing.
    if (id !== before) void load()
    else timer = setTimeout(() => void load(), restMs)
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    asked += 1
  })
  void loadIds()

  return {
    image,
    urls,
    busy,
    error,
    isEmpty,
    another,
    retry: () => (ids.value === null ? loadIds() : load()),
  }
}

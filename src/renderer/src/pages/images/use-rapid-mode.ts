import { computed, ref, shallowRef, watch } from 'vue'
import { toastError } from '../../composables/use-errors.ts'
import { useImagesStore } from '../../stores/images.ts'
import { thumbnailUrl } from '../../../../contract/media.ts'
import { nextImage } from './next-image.ts'

/** So many of the next images are fetched ahead. */
const ahead = 8

/**
 * Rapid mode: whatever is done with an image, the next one without a label follows at once. Those that were skipped
 * come last.
 *
 * @param options.focus index of the image that is labelled; `go` moves there
 */
export function useRapidMode(options: {
  projectId: string
  focus: () => number
  go: (index: number) => void
}) {
  const images = useImagesStore()
  const isOn = ref(false)
  const skipped = shallowRef<ReadonlySet<number>>(new Set())

  const left = computed(() => images.unlabelled?.size ?? null)

  function indexOfNext(after: number, excluded: ReadonlySet<number> = new Set()): number {
    const { unlabelled } = images
    if (!unlabelled) return -1
    const isLeft = (id: number) => unlabelled.has(id) && !excluded.has(id)
    const fresh = nextImage(images.ids, after, (id) => isLeft(id) && !skipped.value.has(id))
    return fresh >= 0 ? fresh : nextImage(images.ids, after, isLeft)
  }

  /** The id that follows once `done` are labelled; null: none is left. */
  function idAfter(done: readonly number[]): number | null {
    const index = indexOfNext(options.focus(), new Set(done))
    return index < 0 ? null : (images.ids[index] ?? null)
  }

  function goTo(id: number | null): void {
    const index = id === null ? -1 : images.ids.indexOf(id)
    if (index >= 0) options.go(index)
  }

  async function start(): Promise<void> {
    isOn.value = true
    skipped.value = new Set()
    try {
      await images.followUnlabelled(true)
    } catch (error) {
      toastError(error)
    }
    const id = images.ids[options.focus()]
    if (id === undefined || !images.unlabelled?.has(id))
      goTo(images.ids[indexOfNext(options.focus())] ?? null)
  }

  function stop(): void {
    isOn.value = false
    void images.followUnlabelled(false)
  }

  /** Leaves the image as it is, and goes on. */
  function skip(): void {
    const id = images.ids[options.focus()]
    if (id === undefined) return
    skipped.value = new Set([...skipped.value, id])
    goTo(idAfter([id]))
  }

  watch([() => images.unlabelled, options.focus], () => {
    if (!isOn.value) return
    const next: number[] = []
    for (let index = options.focus(); next.length < ahead;) {
      index = indexOfNext(index, new Set(next))
      const id = images.ids[index]
      if (id === undefined) break
      next.push(id)
    }
    void images.cache
      .want(next)
      .then(() => {
        for (const id of next) {
          const image = images.cache.get(id)
          if (image) new Image().src = thumbnailUrl(options.projectId, image)
        }
      })
      .catch(console.error)
  })

  return { isOn, left, skipped, idAfter, goTo, start, stop, skip }
}

import { onScopeDispose, shallowRef, watch } from 'vue'
import { useClient } from '../../../client/index.ts'
import { toastError } from '../../../composables/use-errors.ts'
import { useImagesStore } from '../../../stores/images.ts'

/**
 * The class that an image of the project has now, which another window or an undo may change, and how to change it.
 *
 * @param imageId null: the picture is in no project
 */
export function useImageLabel(projectId: () => string, imageId: () => number | null) {
  const client = useClient()
  const images = useImagesStore()
  /** null: no label; undefined: not known yet, or there is no such image. */
  const classId = shallowRef<number | null>()

  async function load(): Promise<void> {
    const id = imageId()
    if (id === null) {
      classId.value = undefined
      return
    }
    try {
      const answer = await client.request('images.get', { projectId: projectId(), ids: [id] })
      if (imageId() === id) classId.value = answer.images[0]?.classId
    } catch (error) {
      toastError(error)
    }
  }

  async function setLabel(next: number | null): Promise<void> {
    const id = imageId()
    if (id === null || next === classId.value) return
    const before = classId.value
    classId.value = next
    try {
      await images.setLabel([id], next)
    } catch (error) {
      if (imageId() === id) classId.value = before
      toastError(error)
    }
  }

  watch(
    imageId,
    () => {
      classId.value = undefined
      void load()
    },
    { immediate: true },
  )
  onScopeDispose(
    client.on('images.changed', (event) => {
      const id = imageId()
      if (event.projectId === projectId() && id !== null && (event.ids === null || event.ids.includes(id)))
        void load()
    }),
  )
  return { classId, setLabel }
}

import { ref } from 'vue'
import { useClient } from '../../client/index.ts'
import { errorText, toastError } from '../../composables/use-errors.ts'
import { useImagesStore } from '../../stores/images.ts'

/** What is computed within this time needs no dialog. */
const dialogAfterMs = 400

/** Sorts images by similarity to one of them, computing what is missing for that. */
export function useSimilarImages(projectId: string, onSorted: () => void) {
  const client = useClient()
  const images = useImagesStore()
  /** Whether what images look like is being computed, long enough to say so. */
  const isComputing = ref(false)

  async function sortBySimilarity(likeId: number): Promise<void> {
    const timer = window.setTimeout(() => (isComputing.value = true), dialogAfterMs)
    try {
      await client.request('suggestions.compare', { projectId })
      images.grouping = 'none'
      images.sort = { by: 'similarity', descending: false, likeId }
      onSorted()
    } catch (error) {
      if (errorText(error).code !== 'cancelled') toastError(error)
    } finally {
      clearTimeout(timer)
      isComputing.value = false
    }
  }

  function cancel(): void {
    client.request('suggestions.stop', { projectId }).catch(toastError)
  }

  return { isComputing, sortBySimilarity, cancel }
}

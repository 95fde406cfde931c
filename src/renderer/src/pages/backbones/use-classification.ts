import { onScopeDispose, shallowRef } from 'vue'
import type { Prediction, SkippedFile } from '../../../../contract/entities.ts'
import { handOver, type GivenFile } from '../../client/given-files.ts'
import { useClient } from '../../client/index.ts'

/** What a backbone's own classifier says of an image, and how far that is. */
export type Classification =
  | { readonly stage: 'sending'; readonly done: number; readonly total: number }
  | { readonly stage: 'computing' }
  | { readonly stage: 'done'; readonly top: Prediction['top'] }
  /** The file is no image that can be read. */
  | { readonly stage: 'skipped'; readonly skipped: SkippedFile }
  | { readonly stage: 'failed'; readonly error: unknown }

/** ImageNet's classes of one image at a time; a new question takes the place of the one before. */
export function useClassification() {
  const client = useClient()
  const current = shallowRef<Classification | null>(null)
  let attempt = new AbortController()

  /** @param id a backbone with a classifier */
  async function classify(id: string, image: GivenFile): Promise<void> {
    reset()
    const { signal } = attempt
    const show = (next: Classification): void => {
      if (!signal.aborted) current.value = next
    }
    show({ stage: 'sending', done: 0, total: image.file.size })
    try {
      const handed = await handOver('images', [image], {
        signal,
        onProgress: (done, total) => show({ stage: 'sending', done, total }),
      })
      try {
        if (signal.aborted) return
        show({ stage: 'computing' })
        const { predictions, skipped } = await client.request('backbones.classify', {
          id,
          paths: [...handed.paths],
        })
        if (skipped[0]) show({ stage: 'skipped', skipped: skipped[0] })
        else show({ stage: 'done', top: predictions[0]?.top ?? [] })
      } finally {
        handed.release()
      }
    } catch (error) {
      show({ stage: 'failed', error })
    }
  }

  function reset(): void {
    attempt.abort()
    attempt = new AbortController()
    current.value = null
  }

  onScopeDispose(reset)
  return { current, classify, reset }
}

import { onScopeDispose, shallowRef } from 'vue'
import { toErrorPayload } from '../../../../contract/errors.ts'
import type { RequestOutput } from '../../../../contract/requests/index.ts'
import { handOver, type HandedFiles } from '../../client/given-files.ts'
import { useClient } from '../../client/index.ts'
import { useBackbonesStore } from '../../stores/backbones.ts'
import { useWeightsWorkStore, type NewModel } from '../../stores/weights-work.ts'
import type { GivenWeights } from './dropped-kind.ts'

/** How far weights that were dropped are on their way to a backbone. */
export type DroppedWeights = { readonly weights: GivenWeights } & (
  | { readonly stage: 'receiving'; readonly done: number; readonly total: number }
  | { readonly stage: 'recognizing' }
  | { readonly stage: 'choosing'; readonly recognized: RequestOutput<'backbones.recognize'> }
  | { readonly stage: 'failed'; readonly error: unknown }
)

/**
 * Takes weights that were dropped: core reads what they are of, and they are added to that backbone where it is the only one and has none
 * yet; else the person is asked.
 *
 * @param onAdding told of the backbone once they are being added
 */
export function useDroppedWeights(onAdding: (id: string) => void) {
  const client = useClient()
  const backbones = useBackbonesStore()
  const work = useWeightsWorkStore()
  const current = shallowRef<DroppedWeights | null>(null)
  let attempt = new AbortController()
  let handed: HandedFiles | null = null

  async function begin(weights: GivenWeights): Promise<void> {
    cancel()
    const { signal } = attempt
    const total = weights.files.reduce((sum, { file }) => sum + file.size, 0)
    current.value = { weights, stage: 'receiving', done: 0, total }
    try {
      const received = await handOver('weights', weights.files, {
        signal,
        onProgress: (done) => {
          if (!signal.aborted) current.value = { weights, stage: 'receiving', done, total }
        },
      })
      if (signal.aborted) return received.release()
      handed = received
      current.value = { weights, stage: 'recognizing' }
      const recognized = await client.request('backbones.recognize', { file: received.paths[0] ?? '' })
      if (signal.aborted) return
      const only = recognized.backbones.length === 1 ? recognized.backbones[0] : undefined
      const replaces = only && (backbones.byId.get(only.id)?.installed || work.works.get(only.id)?.active)
      current.value = { weights, stage: 'choosing', recognized }
      if (only && !replaces) add(only.id)
    } catch (error) {
      if (signal.aborted || toErrorPayload(error).code === 'cancelled') return
      release()
      current.value = { weights, stage: 'failed', error }
    }
  }

  /** Adds them to a backbone, which goes on where the page is left. */
  function add(id: string): void {
    hand(id, (file) => work.add(id, file))
  }

  /** Makes a backbone of them. */
  function addModel(model: Omit<NewModel, 'file'>): void {
    hand(model.id, (file) => work.addModel({ ...model, file }))
  }

  function hand(id: string, start: (file: string) => Promise<void>): void {
    const files = handed
    if (!files) return
    handed = null
    current.value = null
    onAdding(id)
    void start(files.paths[0] ?? '').finally(() => files.release())
  }

  /** Lets go of them. */
  function cancel(): void {
    attempt.abort()
    attempt = new AbortController()
    release()
    current.value = null
  }

  function release(): void {
    handed?.release()
    handed = null
  }

  onScopeDispose(cancel)
  return { current, begin, add, addModel, cancel }
}

import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { drawSoon, forgetDrawing } from '../charts/draw-queue.ts'

/**
 * True from one of the frames after `wanted` became true, in turn with the charts of the page: for a part that would hold up the frame in which
 * much else is made.
 */
export function useTurn(wanted: () => boolean): Readonly<Ref<boolean>> {
  const isTurn = shallowRef(false)
  const begin = (): void => void (isTurn.value = true)

  watch(
    wanted,
    (isWanted) => {
      if (isWanted) return drawSoon(begin)
      forgetDrawing(begin)
      isTurn.value = false
    },
    { immediate: true },
  )
  onScopeDispose(() => forgetDrawing(begin))
  return isTurn
}

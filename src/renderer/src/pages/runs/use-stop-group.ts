import { ref, watch } from 'vue'
import type { RunGroup } from '../../../../contract/entities.ts'
import { toastError } from '../../composables/use-errors.ts'
import { useRunGroupsStore } from '../../stores/run-groups.ts'

/** Stops a group; `stopping` until it has ended. */
export function useStopGroup(group: () => RunGroup) {
  const groups = useRunGroupsStore()
  const stopping = ref(false)

  async function stop(): Promise<void> {
    stopping.value = true
    try {
      await groups.stop(group().id)
    } catch (error) {
      stopping.value = false
      toastError(error)
    }
  }

  watch(
    () => group().status,
    () => (stopping.value = false),
  )

  return { stopping, stop }
}

import { ref, shallowRef, watch } from 'vue'
import type { RequestInput, RequestOutput } from '../../../../../contract/requests/index.ts'
import { useClient } from '../../../client/index.ts'

export type Explanation = RequestOutput<'runs.explain'>

/** The answer to the newest question; an older one that comes late, or was ended for it, counts no more. */
function useNewest<Input, Output>(
  wanted: () => Input | null,
  keyOf: (input: Input) => string,
  ask: (input: Input) => Promise<Output>,
) {
  const answer = shallowRef<Output | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let asked = 0

  async function load(): Promise<void> {
    const input = wanted()
    asked += 1
    const own = asked
    error.value = null
    busy.value = input !== null
    if (input === null) return
    try {
      const output = await ask(input)
      if (own === asked) answer.value = output
    } catch (thrown) {
      if (own !== asked) return
      answer.value = null
      error.value = thrown
    } finally {
      if (own === asked) busy.value = false
    }
  }
  watch(
    () => {
      const input = wanted()
      return input === null ? null : keyOf(input)
    },
    load,
    { immediate: true },
  )
  return { answer, error, busy, load }
}

/** The heat map of what is asked for, asked again whenever that changes. */
export function useExplanation(wanted: () => Omit<RequestInput<'runs.explain'>, 'asker'> | null) {
  const client = useClient()
  const asker = crypto.randomUUID()
  return useNewest(wanted, JSON.stringify, (input) => client.request('runs.explain', { ...input, asker }))
}

/** What the channels of a layer find in an image. */
export function useLayerMaps(wanted: () => Omit<RequestInput<'runs.layerMaps'>, 'asker'> | null) {
  const client = useClient()
  const asker = crypto.randomUUID()
  return useNewest(wanted, JSON.stringify, (input) => client.request('runs.layerMaps', { ...input, asker }))
}

/** The mean heat map of many images. */
export function useMeanMap(wanted: () => Omit<RequestInput<'runs.meanMap'>, 'asker'>) {
  const client = useClient()
  const asker = crypto.randomUUID()
  return useNewest(wanted, JSON.stringify, (input) => client.request('runs.meanMap', { ...input, asker }))
}

/** The nearest training images of an image. */
export function useNeighbours(wanted: () => RequestInput<'runs.neighbours'> | null) {
  const client = useClient()
  return useNewest(wanted, JSON.stringify, (input) => client.request('runs.neighbours', input))
}

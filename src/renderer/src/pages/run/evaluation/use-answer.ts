import { shallowRef, watch } from 'vue'
import type { RequestInput, RequestName, RequestOutput } from '../../../../../contract/requests/index.ts'
import { useClient } from '../../../client/index.ts'

/** The answer to a request that is asked again when its input changes. The last answer stays until the next one is there; a late one counts no more. */
export function useAnswer<Name extends RequestName>(name: Name, wanted: () => RequestInput<Name> | null) {
  const client = useClient()
  const answer = shallowRef<RequestOutput<Name> | null>(null)
  const error = shallowRef<unknown>(null)
  let asked = 0

  async function load(): Promise<void> {
    const input = wanted()
    const own = (asked += 1)
    error.value = null
    if (input === null) return void (answer.value = null)
    try {
      const output = await client.request(name, input)
      if (own === asked) answer.value = output
    } catch (thrown) {
      if (own === asked) error.value = thrown
    }
  }
  watch(() => JSON.stringify(wanted()), load, { immediate: true })
  return { answer, error, load }
}

import { shallowRef, watch } from 'vue'

/** Asks core again whenever what is asked for changes; an answer that comes too late is dropped. Null asks nothing. */
export function useAnswer<Question, Answer>(
  question: () => Question | null,
  ask: (question: Question) => Promise<Answer>,
) {
  const value = shallowRef<Answer | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  let turn = 0

  async function load(): Promise<void> {
    const asked = question()
    const own = (turn += 1)
    value.value = null
    error.value = null
    loading.value = asked !== null
    if (asked === null) return
    try {
      const answer = await ask(asked)
      if (own === turn) value.value = answer
    } catch (thrown) {
      if (own === turn) error.value = thrown
    } finally {
      if (own === turn) loading.value = false
    }
  }

  watch(() => JSON.stringify(question()), load, { immediate: true })
  return { value, error, loading, load }
}

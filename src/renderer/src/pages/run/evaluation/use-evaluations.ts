import { shallowRef, watch, type Ref } from 'vue'
import type { Evaluation, Run } from '../../../../../contract/entities.ts'
import { useClient } from '../../../client/index.ts'
import { isActive } from '../../../stores/runs.ts'

/** The stored evaluations of a run, read when it has ended; without the intervals that take long. */
export function useEvaluations(projectId: () => string, run: Ref<Run | undefined>) {
  const client = useClient()
  const test = shallowRef<Evaluation | null>(null)
  const validation = shallowRef<Evaluation | null>(null)
  const error = shallowRef<unknown>(null)

  function put(evaluation: Evaluation): void {
    if (evaluation.split === 'test') test.value = evaluation
    if (evaluation.split === 'validation') validation.value = evaluation
  }

  async function load(): Promise<void> {
    test.value = null
    validation.value = null
    error.value = null
    const shown = run.value
    if (!shown || isActive(shown)) return
    try {
      // The test split first: it is the one that is shown.
      for (const split of ['test', 'validation'] as const) {
        const { evaluation } = await client.request('runs.evaluation', {
          projectId: projectId(),
          runId: shown.id,
          split,
          bootstrap: false,
        })
        if (run.value?.id !== shown.id) return
        if (evaluation) put(evaluation)
      }
    } catch (thrown) {
      error.value = thrown
    }
  }

  // Not at every change of the run: an evaluation of many classes takes a while.
  watch([() => run.value?.id, () => run.value?.status, () => run.value?.modelSha256], load, {
    immediate: true,
  })

  return { test, validation, error, put, load }
}

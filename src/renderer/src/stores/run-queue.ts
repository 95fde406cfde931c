import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Run } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'
import { useRunsStore } from './runs.ts'

/** Runs of the shown project that train or wait, in the order of their turns. */
export const useRunQueueStore = defineStore('run-queue', () => {
  const client = useClient()
  const projects = useProjectStore()
  const runs = useRunsStore()
  const runIds = shallowRef<readonly string[]>([])
  /** No run begins, of any project; the one that trains goes on. */
  const paused = ref(false)

  const waiting = computed(() => runIds.value.flatMap((id) => runs.byId.get(id) ?? []))
  const training = computed(() =>
    runs.active.find((run) => run.status === 'running' || run.status === 'paused'),
  )

  async function load(): Promise<void> {
    const id = projects.project?.id
    if (!id) return
    const answer = await client.request('runs.queue', { projectId: id })
    if (projects.project?.id !== id) return
    runIds.value = answer.runIds
    paused.value = answer.paused
  }

  /** From 1; 0: it does not wait. */
  function turnOf(run: Run): number {
    return runIds.value.indexOf(run.id) + 1
  }

  /**
   * Moves a waiting run to another turn. It is shown at once, and put back where core refuses.
   *
   * @param to index among the waiting runs; one past an end is that end
   */
  async function move(runId: string, to: number): Promise<void> {
    const before = runIds.value
    const next = movedTo(before, runId, to)
    if (next === before) return
    runIds.value = next
    try {
      const answer = await client.request('runs.reorder', {
        projectId: projects.shownId(),
        runIds: [...next],
      })
      runIds.value = answer.runIds
    } catch (error) {
      runIds.value = before
      throw error
    }
  }

  async function setPaused(next: boolean): Promise<void> {
    await client.request('runs.pauseQueue', { projectId: projects.shownId(), paused: next })
    paused.value = next
  }

  client.on('runs.queueChanged', (event) => {
    if (event.projectId !== projects.project?.id) return
    runIds.value = event.runIds
    paused.value = event.paused
  })
  client.onReconnected(() => void load().catch(console.error))
  watch(
    () => projects.project?.id,
    () => {
      runIds.value = []
      paused.value = false
      void load().catch(console.error)
    },
    { immediate: true },
  )

  return { runIds, paused, waiting, training, turnOf, move, setPaused, load }
})

/** The same list where nothing moves. @param to clamped to the list */
export function movedTo(ids: readonly string[], id: string, to: number): readonly string[] {
  const from = ids.indexOf(id)
  const target = Math.max(0, Math.min(ids.length - 1, to))
  if (from < 0 || from === target) return ids
  const next = ids.filter((each) => each !== id)
  next.splice(target, 0, id)
  return next
}

import { ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { toast } from 'vue-sonner'
import type { Run } from '../../../../contract/entities.ts'
import type { TrainPlan } from '../../../../contract/train-plan.ts'
import { useErrors } from '../../composables/use-errors.ts'
import { isActive, useRunsStore } from '../../stores/runs.ts'
import type { RunAction } from './run-actions.ts'

/** Asks core for what a person wants of the shown run, and says that it was done. */
export function useRunActions(run: Ref<Run | undefined>) {
  const { t } = useI18n()
  const router = useRouter()
  const errors = useErrors()
  const runs = useRunsStore()
  /** What was asked and is not done yet. */
  const busy = ref<RunAction | null>(null)

  async function perform(action: RunAction, work: (run: Run) => Promise<unknown>): Promise<boolean> {
    if (!run.value || busy.value !== null) return false
    busy.value = action
    try {
      await work(run.value)
      return true
    } catch (thrown) {
      busy.value = null
      errors.toastError(thrown)
      return false
    }
  }

  /** For what is done when core has answered. */
  async function performNow(action: RunAction, work: (run: Run) => Promise<unknown>): Promise<void> {
    if (await perform(action, work)) busy.value = null
  }

  const say = (
    key: 'paused' | 'unpaused' | 'cancelled' | 'unqueued' | 'resumed' | 'resumedQueued',
    name: string,
  ) => toast.success(t(`runs.run.toasts.${key}`, { name }))

  const train = (plan: TrainPlan) =>
    performNow('again', async () => {
      const next = await runs.start(plan)
      await router.push({ name: 'run', params: { runId: next.id } })
    })

  const actions = {
    pause: () =>
      performNow('pause', async ({ id, name }) => {
        await runs.pause(id)
        say('paused', name)
      }),
    unpause: () =>
      performNow('unpause', async ({ id, name }) => {
        await runs.unpause(id)
        say('unpaused', name)
      }),
    // These end when the run has ended.
    stop: () => perform('stop', ({ id }) => runs.stop(id)),
    cancel: () =>
      perform('cancel', async ({ id, name }) => {
        await runs.cancel(id)
        say('cancelled', name)
      }),
    unqueue: () =>
      performNow('unqueue', async ({ id, name }) => {
        await runs.cancel(id)
        say('unqueued', name)
      }),
    resume: () =>
      performNow('resume', async ({ id, name }) => {
        await runs.resume(id)
        say(
          runs.byId.get(id)?.status === 'queued' && runs.active.length > 1 ? 'resumedQueued' : 'resumed',
          name,
        )
      }),
    again: () => (run.value ? train(run.value.plan) : Promise.resolve()),
  }

  watch(
    [() => run.value?.id, () => run.value !== undefined && isActive(run.value)],
    () => (busy.value = null),
  )

  return { busy, actions, train }
}

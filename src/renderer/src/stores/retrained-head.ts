import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { RetrainEffect } from '../../../contract/label-errors.ts'
import type { Run } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { i18n } from '../locales/index.ts'
import { useProjectStore } from './project.ts'
import { isActive, useRunsStore } from './runs.ts'

/** A head that is trained on repaired labels like an earlier run, and what it does otherwise; it goes on while other pages are looked at. */
export const useRetrainedHeadStore = defineStore('retrained-head', () => {
  const client = useClient()
  const projects = useProjectStore()
  const runs = useRunsStore()
  const pair = shallowRef<{ before: string; after: string; askedAt: number } | null>(null)
  /** Null: not known yet, or nothing to compare (`loaded`). */
  const effect = shallowRef<RetrainEffect | null>(null)
  const loaded = ref(false)
  const starting = ref(false)
  /** From the request to the figures. */
  const seconds = ref<number | null>(null)
  const error = shallowRef<unknown>(null)

  const run = computed<Run | undefined>(() => (pair.value ? runs.byId.get(pair.value.after) : undefined))
  const isTraining = computed(() => starting.value || (run.value !== undefined && isActive(run.value)))

  async function start(like: Run): Promise<void> {
    if (isTraining.value) return
    const askedAt = performance.now()
    starting.value = true
    error.value = null
    effect.value = null
    loaded.value = false
    seconds.value = null
    pair.value = null
    try {
      const name = i18n.global.t('suspects.retrain.name', { name: like.name })
      const projectId = projects.shownId()
      const answer = await client.request('labelErrors.retrain', { projectId, runId: like.id, name })
      await runs.load(answer.run.id)
      pair.value = { before: like.id, after: answer.run.id, askedAt }
    } catch (thrown) {
      error.value = thrown
    } finally {
      starting.value = false
    }
  }

  /** What both predict, once the second has ended. */
  async function compare(): Promise<void> {
    const asked = pair.value
    if (!asked) return
    error.value = null
    try {
      const { before, after } = asked
      const answer = await client.request('labelErrors.effect', {
        projectId: projects.shownId(),
        before,
        after,
      })
      if (pair.value !== asked) return
      effect.value = answer.effect
      loaded.value = true
      seconds.value ??= (performance.now() - asked.askedAt) / 1000
    } catch (thrown) {
      if (pair.value === asked) error.value = thrown
    }
  }

  watch(
    () => run.value?.modelSha256 != null && !isActive(run.value),
    (hasModel) => {
      if (hasModel) void compare()
    },
  )
  watch(
    () => projects.project?.id,
    () => {
      pair.value = null
      effect.value = null
      loaded.value = false
      error.value = null
    },
  )

  return { pair, run, effect, loaded, starting, isTraining, seconds, error, start, compare }
})

import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Run, RunGroup } from '../../../contract/entities.ts'
import type { RequestInput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'
import { useRunsStore } from './runs.ts'

/** Sweeps and ladders of the shown project. */
export const useRunGroupsStore = defineStore('run-groups', () => {
  const client = useClient()
  const projects = useProjectStore()
  const runs = useRunsStore()
  const byId = shallowRef<ReadonlyMap<string, RunGroup>>(new Map())

  const newestFirst = computed(() => [...byId.value.values()].sort((a, b) => b.createdAt - a.createdAt))

  function put(group: RunGroup): void {
    byId.value = new Map(byId.value).set(group.id, group)
  }

  async function load(): Promise<void> {
    const id = projects.project?.id
    if (!id) return
    const { groups } = await client.request('runs.groups', { projectId: id })
    if (projects.project?.id !== id) return
    byId.value = new Map(groups.map((group) => [group.id, group]))
  }

  /** @throws AppError as core has it */
  async function sweep(
    input: Omit<RequestInput<'runs.sweep'>, 'projectId'>,
  ): Promise<{ group: RunGroup; runs: Run[] }> {
    const answer = await client.request('runs.sweep', { projectId: projects.shownId(), ...input })
    put(answer.group)
    runs.notices = answer.notices
    return answer
  }

  /** Stops what trains of it, takes out what waits, and lets no more begin. */
  async function stop(groupId: string): Promise<void> {
    await client.request('runs.stopGroup', { projectId: projects.shownId(), groupId })
  }

  client.on('runs.groupChanged', (event) => {
    if (event.projectId === projects.project?.id) put(event.group)
  })
  client.onReconnected(() => void load().catch(console.error))
  watch(
    () => projects.project?.id,
    () => {
      byId.value = new Map()
      void load().catch(console.error)
    },
    { immediate: true },
  )

  return { byId, newestFirst, load, sweep, stop, put }
})

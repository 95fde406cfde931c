import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { NamedPlan } from '../../../contract/plan-file.ts'
import type { SavedPlan } from '../../../contract/requests/plans.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'

/** The shown project's saved plans, by name. */
export const usePlansStore = defineStore('plans', () => {
  const client = useClient()
  const projects = useProjectStore()
  const plans = shallowRef<readonly SavedPlan[]>([])

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (projectId === undefined) return
    const answer = await client.request('plans.list', { projectId })
    if (projects.project?.id === projectId) plans.value = answer.plans
  }

  /** Saves under a name; a plan that has it is changed. @throws AppError as core has it */
  async function save({ name, plan }: NamedPlan): Promise<SavedPlan> {
    const planId = find(name)?.id
    const saved = await client.request('plans.save', { projectId: projects.shownId(), planId, name, plan })
    await load()
    return saved
  }

  /** Under a name that no other has: with a number behind it where it is taken. @throws AppError as core has it */
  async function add({ name, plan }: NamedPlan): Promise<SavedPlan> {
    let free = name
    for (let number = 2; find(free) !== undefined; number += 1) free = `${name.slice(0, 90)} (${number})`
    return save({ name: free, plan })
  }

  async function remove(planId: number): Promise<void> {
    await client.request('plans.delete', { projectId: projects.shownId(), planId })
    await load()
  }

  function find(name: string): SavedPlan | undefined {
    return plans.value.find((plan) => plan.name === name.trim())
  }

  client.on('plans.changed', (event) => {
    if (event.projectId === projects.project?.id) void load().catch(console.error)
  })
  client.onReconnected(() => void load().catch(console.error))
  watch(
    () => projects.project?.id,
    () => {
      plans.value = []
      void load().catch(console.error)
    },
    { immediate: true },
  )

  return { plans, save, add, remove, find }
})

import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { AppError } from '../../../contract/errors.ts'
import type { Project } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'

/** The one project this window shows. */
export const useProjectStore = defineStore('project', () => {
  const client = useClient()
  const project = shallowRef<Project | null>(null)

  /** Shows a project that core has open. @throws AppError project-not-found */
  async function show(projectId: string): Promise<Project> {
    if (project.value?.id === projectId) return project.value
    const { projects } = await client.request('projects.opened', {})
    const found = projects.find((opened) => opened.id === projectId)
    if (!found) {
      throw new AppError(
        'project-not-found',
        'This project is not open any more. Open it from the start page.',
      )
    }
    project.value = found
    return found
  }

  async function open(path: string): Promise<Project> {
    project.value = await client.request('projects.open', { path })
    return project.value
  }

  function set(next: Project): void {
    project.value = next
  }

  /** For what is only asked for where a project is shown. @throws Error where none is */
  function shownId(): string {
    if (!project.value) throw new Error('no project is shown')
    return project.value.id
  }

  /** Core may have restarted without it: opens the same folder again, under the same id. */
  client.onReconnected(() => {
    if (project.value) void open(project.value.path).catch(() => (project.value = null))
  })

  return { project, show, open, set, shownId }
})

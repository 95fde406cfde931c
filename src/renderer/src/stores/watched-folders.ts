import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { toast } from 'vue-sonner'
import type { WatchedFolder } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { toastError } from '../composables/use-errors.ts'
import { useFormats } from '../composables/use-formats.ts'
import { i18n } from '../locales/index.ts'
import { useProjectStore } from './project.ts'

/** The shown project's watched folders; tells what came out of them, and when one is gone. */
export const useWatchedFoldersStore = defineStore('watchedFolders', () => {
  const client = useClient()
  const projects = useProjectStore()
  const formats = useFormats()
  const folders = shallowRef<readonly WatchedFolder[]>([])
  const { t } = i18n.global

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('watching.list', { projectId })
    if (projects.project?.id !== projectId) return
    const before = new Map(folders.value.map(({ id, state }) => [id, state]))
    folders.value = answer.folders
    for (const { id, path, state } of answer.folders) {
      if (state === before.get(id) || state === 'watching') continue
      const folder = nameOf(path)
      toast.warning(t(state === 'missing' ? 'intake.watch.gone' : 'intake.watch.failed', { folder }))
    }
  }

  async function add(path: string, labels: WatchedFolder['labels']): Promise<void> {
    await client.request('watching.add', { projectId: projects.shownId(), path, labels })
    toast.success(t('intake.watch.started', { folder: nameOf(path) }))
  }

  async function remove(folderId: number): Promise<void> {
    await client.request('watching.remove', { projectId: projects.shownId(), folderId })
  }

  client.on('watching.changed', (event) => {
    if (event.projectId === projects.project?.id) load().catch(toastError)
  })
  client.on('watching.imported', ({ projectId, path, images }) => {
    if (projectId !== projects.project?.id) return
    const told = { count: formats.number(images), folder: nameOf(path) }
    toast.success(t('intake.watch.came', told, images))
  })
  client.onReconnected(() => void load())
  watch(
    () => projects.project?.id,
    () => {
      folders.value = []
      load().catch(toastError)
    },
    { immediate: true },
  )
  return { folders, add, remove }
})

/** The last part of a path. */
function nameOf(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? path
  )
}

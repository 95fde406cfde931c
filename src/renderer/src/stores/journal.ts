import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { toast } from 'vue-sonner'
import type { JournalEntry } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { toastError } from '../composables/use-errors.ts'
import { i18n } from '../locales/index.ts'
import { useProjectStore } from './project.ts'

/** What was changed in the shown project, to undo and redo. */
export const useJournalStore = defineStore('journal', () => {
  const client = useClient()
  const projects = useProjectStore()
  const entries = shallowRef<readonly JournalEntry[]>([])
  const canUndo = ref(false)
  const canRedo = ref(false)
  const busy = ref(false)

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('journal.list', { projectId })
    if (projects.project?.id !== projectId) return
    entries.value = answer.entries
    canUndo.value = answer.canUndo
    canRedo.value = answer.canRedo
  }

  async function step(direction: 'undo' | 'redo'): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || busy.value) return
    if (direction === 'undo' ? !canUndo.value : !canRedo.value) return
    busy.value = true
    try {
      const entry = await client.request(`journal.${direction}`, { projectId })
      toast(i18n.global.t(direction === 'undo' ? 'app.undone' : 'app.redone', { what: entrySentence(entry) }))
      await load()
    } catch (error) {
      toastError(error)
    } finally {
      busy.value = false
    }
  }

  client.on('journal.changed', (event) => {
    if (event.projectId !== projects.project?.id) return
    canUndo.value = event.canUndo
    canRedo.value = event.canRedo
    void load()
  })
  client.onReconnected(() => void load())
  watch(
    () => projects.project?.id,
    () => {
      entries.value = []
      canUndo.value = false
      canRedo.value = false
      void load()
    },
    { immediate: true },
  )

  return { entries, canUndo, canRedo, busy, load, undo: () => step('undo'), redo: () => step('redo') }
})

/** An entry as a sentence, from its kind and counts. */
export function entrySentence(entry: JournalEntry): string {
  const { t, te } = i18n.global
  const key = `app.history.kind.${entry.kind}`
  if (!te(key, 'en')) return t('app.history.kind.other', { kind: entry.kind })
  const count = Number(entry.summary.count ?? entry.summary.changed ?? entry.summary.images ?? 1)
  return t(key, { ...entry.summary, count }, count)
}

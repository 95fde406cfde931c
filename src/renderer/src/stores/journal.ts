import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { toast } from 'vue-sonner'
import { splitNames, type JournalEntry } from '../../../contract/entities.ts'
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
  const { summary } = entry
  let kind = entry.kind
  if (kind === 'labels.set' && summary.class === null) kind = 'labels.clear'
  if (kind === 'splits.set' && summary.split === null) kind = 'splits.clear'
  const key = `app.history.kind.${kind.replace('.', '-')}`
  if (!te(key, 'en')) return t('app.history.kind.other', { kind })
  const count = typeof summary.images === 'number' ? summary.images : 0
  const split = splitNames.find((name) => name === summary.split)
  return t(key, { ...summary, count, split: split ? t(`app.split.${split}`) : '' }, count)
}

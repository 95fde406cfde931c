import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { toast } from 'vue-sonner'
import { splitNames, type JournalEntry } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { toastError } from '../composables/use-errors.ts'
import { i18n } from '../locales/index.ts'
import { useProjectStore } from './project.ts'
import { useRunDeletionsStore, type RunDeletion } from './run-deletions.ts'
import { useSavingStore } from './saving.ts'

/** As many as core tells at once. */
const mostEntries = 500

/** What was changed in the shown project, to undo and redo; runs that were deleted are brought back in their turn. */
export const useJournalStore = defineStore('journal', () => {
  const client = useClient()
  const projects = useProjectStore()
  const saving = useSavingStore()
  const deletions = useRunDeletionsStore()
  const entries = shallowRef<readonly JournalEntry[]>([])
  const canUndo = ref(false)
  const canRedo = ref(false)
  const busy = ref(false)
  const limit = ref(100)
  /** Whether there may be more than what was read. */
  const hasMore = computed(() => entries.value.length === limit.value && limit.value < mostEntries)

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const answer = await client.request('journal.list', { projectId, limit: limit.value })
    if (projects.project?.id !== projectId) return
    entries.value = answer.entries
    canUndo.value = answer.canUndo
    canRedo.value = answer.canRedo
  }

  /** One after another: whoever presses undo three times quickly means three steps. */
  let steps: Promise<unknown> = Promise.resolve()
  function inTurn(work: (projectId: string) => Promise<void>): Promise<void> {
    const step = steps.then(async () => {
      const projectId = projects.project?.id
      if (!projectId) return
      busy.value = true
      try {
        await work(projectId)
        await load()
      } catch (error) {
        toastError(error)
      } finally {
        busy.value = false
      }
    })
    steps = step
    return step
  }

  const step = (direction: 'undo' | 'redo') =>
    inTurn(async (projectId) => {
      const deletion = direction === 'undo' ? newestDeletion() : undefined
      if (deletion) return bringBack(deletion)
      if (direction === 'undo' ? !canUndo.value : !canRedo.value) return
      const entry = await saving.save(client.request(`journal.${direction}`, { projectId }))
      toast(i18n.global.t(direction === 'undo' ? 'app.undone' : 'app.redone', { what: entrySentence(entry) }))
    })

  /** The last deletion of runs, where no change that can be undone is later. */
  function newestDeletion(): RunDeletion | undefined {
    const entry = entries.value.find(({ undone }) => !undone)
    const { last } = deletions
    return last && last.at > (entry?.createdAt ?? -Infinity) ? last : undefined
  }

  async function bringBack(deletion: RunDeletion): Promise<void> {
    await deletions.undo(deletion)
    const [first] = deletion.runs
    const count = deletion.runs.length
    const { t } = i18n.global
    toast(t('app.undone', { what: t('runs.remove.done', { name: first?.name ?? '', count }, count) }))
  }

  /** Undoes all that came after an entry; null: everything. @returns how many commands were undone */
  async function undoTo(entryId: number | null): Promise<number> {
    let undone = 0
    await inTurn(async (projectId) => {
      ;({ undone } = await saving.save(client.request('journal.undoTo', { projectId, entryId })))
    })
    return undone
  }

  /** Reads further back. */
  async function loadMore(): Promise<void> {
    limit.value = Math.min(mostEntries, limit.value * 2)
    await load()
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

  return {
    entries,
    canUndo: computed(() => canUndo.value || deletions.last !== undefined),
    canRedo,
    busy,
    hasMore,
    load,
    loadMore,
    undo: () => step('undo'),
    redo: () => step('redo'),
    undoTo,
  }
})

/** An entry as a sentence, from its kind and counts. */
export function entrySentence(entry: JournalEntry): string {
  const { t, te } = i18n.global
  const { summary } = entry
  const key = `app.history.kind.${sentenceOf(entry)}`
  if (!te(key, 'en')) return t('app.history.kind.other', { kind: entry.kind })
  const count = typeof summary.images === 'number' ? summary.images : 0
  const split = splitNames.find((name) => name === summary.split)
  return t(key, { ...summary, count, split: split ? t(`app.split.${split}`) : '' }, count)
}

/** Which sentence tells it: one kind of command may do more than one thing. */
function sentenceOf({ kind, summary }: JournalEntry): string {
  const sentence = kind.replace('.', '-')
  if (kind === 'labels.set' && summary.class === null) return 'labels-clear'
  if (kind === 'splits.set' && summary.split === null) return 'splits-clear'
  if (kind !== 'marks.set') return sentence
  if (summary.flagged !== null) return summary.flagged ? 'marks-flag' : 'marks-unflag'
  if (summary.unsure !== null) return summary.unsure ? 'marks-unsure' : 'marks-sure'
  return summary.note === null ? 'marks-noNote' : 'marks-note'
}

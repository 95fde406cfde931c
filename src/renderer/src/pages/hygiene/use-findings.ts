import { computed, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from 'vue-sonner'
import type { Image } from '../../../../contract/entities.ts'
import type { Finding, HygieneKind } from '../../../../contract/hygiene.ts'
import { useClient } from '../../client/index.ts'
import { toastError } from '../../composables/use-errors.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { useJournalStore } from '../../stores/journal.ts'
import { useProjectStore } from '../../stores/project.ts'
import { useSavingStore } from '../../stores/saving.ts'
import { useReload } from './use-reload.ts'

/** So many are shown at first, and more on request. */
export const findingsAtOnce = 60
/** Of each odd neighbour. */
export const neighboursShown = 8
const rowsPerRequest = 1000
const reloadIntervalMs = 400

/** The findings of one kind with their images, and what can be done about them: each a command that can be undone. */
export function useFindings(kind: () => HygieneKind) {
  const client = useClient()
  const projects = useProjectStore()
  const classes = useClassesStore()
  const journal = useJournalStore()
  const saving = useSavingStore()
  const { t } = useI18n()
  const findings = shallowRef<readonly Finding[] | null>(null)
  const images = shallowRef<ReadonlyMap<number, Image>>(new Map())
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  const shownCount = ref(findingsAtOnce)
  const shown = computed(() => (findings.value ?? []).slice(0, shownCount.value))

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    const asked = kind()
    try {
      const answer = await client.request('hygiene.images', { projectId, kind: asked })
      const ids = answer.findings
        .slice(0, shownCount.value)
        .flatMap(({ imageIds, neighbourIds }) => [...imageIds, ...neighbourIds.slice(0, neighboursShown)])
      const rows = new Map<number, Image>()
      for (let first = 0; first < ids.length; first += rowsPerRequest) {
        const page = ids.slice(first, first + rowsPerRequest)
        for (const row of (await client.request('images.get', { projectId, ids: page })).images)
          rows.set(row.id, row)
      }
      if (projects.project?.id !== projectId || kind() !== asked) return
      findings.value = answer.findings
      images.value = rows
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  }

  /** Shows more of them. */
  async function more(): Promise<void> {
    shownCount.value += findingsAtOnce
    await load()
  }

  async function act(work: (projectId: string) => Promise<string>): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId || busy.value) return
    busy.value = true
    try {
      const done = await saving.save(work(projectId))
      toast.success(done, { action: { label: t('app.actions.undo'), onClick: () => void journal.undo() } })
      await load()
    } catch (thrown) {
      toastError(thrown)
    } finally {
      busy.value = false
    }
  }

  const removed = (count: number) => t('hygiene.done.removed', { count }, count)

  /** Hides all of each group's images but one. */
  const keep = (groups: { keepId: number; imageIds: number[] }[]) =>
    act(async (projectId) => removed((await client.request('hygiene.keep', { projectId, groups })).removed))
  const remove = (imageIds: number[]) =>
    act(async (projectId) =>
      removed((await client.request('images.remove', { projectId, imageIds })).changed),
    )
  const dismiss = (dismissed: readonly Finding[]) =>
    act(async (projectId) => {
      const asked = { projectId, kind: kind(), findings: dismissed.map(({ imageIds }) => imageIds) }
      const { changed } = await client.request('hygiene.dismiss', asked)
      return t('hygiene.done.dismissed', { count: changed }, changed)
    })
  const label = (imageIds: number[], classId: number) =>
    act(async (projectId) => {
      const { changed } = await client.request('labels.set', { projectId, imageIds, classId })
      const name = classes.byId.get(classId)?.name ?? ''
      return t('hygiene.done.labelled', { count: changed, name }, changed)
    })
  /** Gives images the class of their neighbours. */
  const takeNeighboursClass = (imageIds: number[]) =>
    act(async (projectId) => {
      const { changed } = await client.request('hygiene.takeNeighboursClass', { projectId, imageIds })
      return t('hygiene.done.relabelled', { count: changed }, changed)
    })

  useReload(load, reloadIntervalMs)
  watch(
    [kind, () => projects.project?.id],
    () => {
      findings.value = null
      shownCount.value = findingsAtOnce
      void load()
    },
    { immediate: true },
  )

  return {
    findings,
    shown,
    images,
    error,
    busy,
    load,
    more,
    keep,
    remove,
    dismiss,
    label,
    takeNeighboursClass,
  }
}

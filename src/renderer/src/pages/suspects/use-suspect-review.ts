import { computed, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Suspect, SuspectState } from '../../../../contract/label-errors.ts'
import { useClient } from '../../client/index.ts'
import { toastError } from '../../composables/use-errors.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { useProjectStore } from '../../stores/project.ts'
import { useSavingStore } from '../../stores/saving.ts'

export type ReviewAction = 'keep' | 'relabel' | 'unsure' | 'drop'
/** A label, and what images with it look like. */
export interface ClassPair {
  givenClassId: number
  suggestedClassId: number
}

const stateAfter: Record<ReviewAction, SuspectState> = {
  keep: 'kept',
  relabel: 'relabelled',
  unsure: 'unsure',
  drop: 'dropped',
}

export const isOfPair = (suspect: ClassPair, pair: ClassPair | null): boolean =>
  pair === null ||
  (suspect.givenClassId === pair.givenClassId && suspect.suggestedClassId === pair.suggestedClassId)

/**
 * Goes through suspects one by one. What is decided of one is shown at once and is an ordinary command behind that, so that undo brings it back; who
 * undoes is shown the image that came back.
 */
export function useSuspectReview(all: () => readonly Suspect[]) {
  const client = useClient()
  const projects = useProjectStore()
  const classes = useClassesStore()
  const saving = useSavingStore()
  const { t } = useI18n()
  const which = ref<'likely' | 'all'>('likely')
  const pair = shallowRef<ClassPair | null>(null)
  const currentId = ref<number | null>(null)
  /** What a screen reader is told. */
  const announcement = ref('')
  /** Decided here, until core has told what became of it. */
  const decided = shallowRef<ReadonlyMap<number, Partial<Suspect>>>(new Map())

  /** Decisions that core has: the next list knows of them. */
  const stored = new Set<number>()

  const shown = computed<readonly Suspect[]>(() =>
    all()
      .filter((suspect) => (which.value === 'all' || suspect.isLikely) && isOfPair(suspect, pair.value))
      .map((suspect) => ({ ...suspect, ...decided.value.get(suspect.imageId) })),
  )
  const index = computed(() => shown.value.findIndex(({ imageId }) => imageId === currentId.value))
  const current = computed(() => shown.value[index.value])
  const reviewed = computed(() => shown.value.filter(({ state }) => state !== 'open').length)

  const canMove = (by: number): boolean => shown.value[index.value + by] !== undefined
  function move(by: number): void {
    const next = shown.value[index.value + by]
    if (next) currentId.value = next.imageId
  }
  function show(imageId: number): void {
    currentId.value = imageId
  }

  /** The next one nobody decided on, after the shown one or else from the start. */
  function showNextOpen(): void {
    const isOpen = ({ state }: Suspect): boolean => state === 'open'
    const next = shown.value.slice(index.value + 1).find(isOpen) ?? shown.value.find(isOpen)
    if (next) currentId.value = next.imageId
  }

  function decide(imageId: number, change: Partial<Suspect> | null): void {
    const next = new Map(decided.value)
    if (change) next.set(imageId, change)
    else next.delete(imageId)
    decided.value = next
  }

  /** @param classId of 'relabel' */
  async function act(action: ReviewAction, classId?: number): Promise<void> {
    const suspect = current.value
    const projectId = projects.project?.id
    if (!suspect || !projectId || suspect.state === 'dropped') return
    const { imageId } = suspect
    const target = classId ?? suspect.suggestedClassId
    // A person who gives the class that it has already keeps it.
    const done = action === 'relabel' && target === suspect.classId ? 'keep' : action
    const name = classes.byId.get(done === 'relabel' ? target : (suspect.classId ?? -1))?.name ?? ''
    const isBack = done === 'relabel' && target === suspect.givenClassId
    stored.delete(imageId)
    const state = isBack ? 'open' : stateAfter[done]
    decide(imageId, { state, ...(done === 'relabel' && { classId: target }) })
    announcement.value = t(`suspects.told.${done}`, { name })
    showNextOpen()
    try {
      await saving.save(carryOut(done, projectId, imageId, target))
      stored.add(imageId)
    } catch (thrown) {
      decide(imageId, null)
      show(imageId)
      toastError(thrown)
    }
  }

  function carryOut(
    action: ReviewAction,
    projectId: string,
    imageId: number,
    classId: number,
  ): Promise<unknown> {
    const imageIds = [imageId]
    if (action === 'keep') return client.request('labelErrors.keep', { projectId, imageIds })
    if (action === 'relabel') return client.request('labels.set', { projectId, imageIds, classId })
    if (action === 'unsure') return client.request('marks.set', { projectId, imageIds, unsure: true })
    return client.request('images.remove', { projectId, imageIds })
  }

  /** @returns whether a class has the key */
  function labelByKey(key: string): boolean {
    const imageClass = classes.byKey.get(key)
    if (imageClass) void act('relabel', imageClass.id)
    return imageClass !== undefined
  }

  watch(all, (now, before) => {
    const stateBefore = new Map(before.map(({ imageId, state }) => [imageId, state]))
    decided.value = new Map([...decided.value].filter(([imageId]) => !stored.delete(imageId)))
    const undone = now.find(({ imageId, state }) => {
      const was = stateBefore.get(imageId)
      return state === 'open' && was !== undefined && was !== 'open'
    })
    if (undone && shown.value.some(({ imageId }) => imageId === undone.imageId)) show(undone.imageId)
  })
  watch(
    [shown, which, pair],
    () => {
      if (index.value < 0)
        currentId.value =
          shown.value.find(({ state }) => state === 'open')?.imageId ?? shown.value[0]?.imageId ?? null
    },
    { immediate: true },
  )

  return { which, pair, shown, index, current, reviewed, announcement, canMove, move, show, act, labelByKey }
}

import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from 'vue-sonner'
import type { ImageClass, Split } from '../../../../contract/entities.ts'
import { toastError } from '../../composables/use-errors.ts'
import { useFormats } from '../../composables/use-formats.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { useImagesStore } from '../../stores/images.ts'
import type { useRapidMode } from './use-rapid-mode.ts'

/** Labels, splits, marks and removals of some images, each told in the live region (and a toast where many change). */
export function useLabelling(targetIds: () => number[], rapid: ReturnType<typeof useRapidMode>) {
  const images = useImagesStore()
  const classes = useClassesStore()
  const formats = useFormats()
  const { t } = useI18n()
  /** What a screen reader is told. */
  const announcement = ref('')
  /** What was given last: a class, or (null) none; undefined: nothing yet. */
  let lastClassId: number | null | undefined

  function tell(sentence: string, images: number): void {
    announcement.value = sentence
    if (images > 1) toast.success(sentence)
  }

  async function attempt(work: (ids: number[]) => Promise<void>): Promise<void> {
    const ids = targetIds()
    if (ids.length === 0) {
      toast(t('images.nothingSelected'))
      return
    }
    try {
      await work(ids)
    } catch (error) {
      toastError(error)
    }
  }

  const label = (imageClass: ImageClass | null) =>
    attempt(async (ids) => {
      const next = rapid.isOn.value && imageClass ? rapid.idAfter(ids) : null
      lastClassId = imageClass?.id ?? null
      const saved = images.setLabel(ids, lastClassId)
      // Shown already; the next one does not wait for the disk.
      if (next !== null) rapid.goTo(next)
      await saved
      const counted = { count: formats.number(ids.length), name: imageClass?.name ?? '' }
      tell(t(imageClass ? 'images.labelled' : 'images.cleared', counted, ids.length), ids.length)
      if (rapid.isOn.value && rapid.left.value === 0) toast.success(t('images.rapid.done'))
    })

  /** The same as was given last. */
  function repeatLabel(): void {
    if (lastClassId === undefined) toast(t('images.rapid.noPrevious'))
    else if (lastClassId === null) void label(null)
    else {
      const imageClass = classes.byId.get(lastClassId)
      if (imageClass) void label(imageClass)
      else toast(t('images.rapid.noPrevious'))
    }
  }

  const setSplit = (split: Split | null) =>
    attempt(async (ids) => {
      await images.setSplit(ids, split)
      const counted = { count: formats.number(ids.length), name: t(`app.split.${split ?? 'none'}`) }
      tell(t('images.splitSet', counted, ids.length), ids.length)
    })

  /** Marks them all, or none where all were. */
  const toggleMark = (mark: 'flagged' | 'unsure') =>
    attempt(async (ids) => {
      const rows = ids.flatMap((id) => images.cache.get(id) ?? [])
      const on = rows.length < ids.length || rows.some((image) => !image[mark])
      const next = rapid.isOn.value && on && mark === 'unsure' ? rapid.idAfter(ids) : null
      if (next !== null) rapid.skip()
      await images.setMarks(ids, { [mark]: on })
      const key = `images.marks.${mark}${on ? 'Set' : 'Cleared'}`
      tell(t(key, { count: formats.number(ids.length) }, ids.length), ids.length)
    })

  const setNote = (note: string | null) =>
    attempt(async (ids) => {
      await images.setMarks(ids, { note })
      const key = note === null ? 'images.marks.noteCleared' : 'images.marks.noteSet'
      tell(t(key, { count: formats.number(ids.length) }, ids.length), ids.length)
    })

  const remove = () =>
    attempt(async (ids) => {
      await images.remove(ids)
      announcement.value = t('images.removed', { count: formats.number(ids.length) }, ids.length)
      toast.success(announcement.value)
    })

  /** Gives a class beside the others, or takes it. */
  const toggleClass = (imageClass: ImageClass) =>
    attempt(async (ids) => {
      const given = await images.toggleClass(ids, imageClass.id)
      const counted = { count: formats.number(ids.length), name: imageClass.name }
      tell(t(given ? 'images.alsoLabelled' : 'images.unlabelledOf', counted, ids.length), ids.length)
    })

  /** With Alt, beside the other classes. @returns whether a class has the key */
  function labelByKey(key: string): boolean {
    const beside = key.startsWith('alt+')
    const imageClass = classes.byKey.get(beside ? key.slice('alt+'.length) : key)
    if (imageClass) void (beside ? toggleClass : label)(imageClass)
    return imageClass !== undefined
  }

  return { announcement, label, repeatLabel, setSplit, toggleMark, setNote, remove, labelByKey }
}

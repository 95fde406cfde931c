import { useI18n } from 'vue-i18n'
import { ref } from 'vue'
import { toast } from 'vue-sonner'
import type { ImageClass, Split } from '../../../../contract/entities.ts'
import { toastError } from '../../composables/use-errors.ts'
import { useFormats } from '../../composables/use-formats.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { useImagesStore } from '../../stores/images.ts'

/** Labels, splits and removals for some images, each told in the live region (and a toast where many change). */
export function useLabelling(targetIds: () => number[]) {
  const images = useImagesStore()
  const classes = useClassesStore()
  const formats = useFormats()
  const { t } = useI18n()
  /** What a screen reader is told. */
  const announcement = ref('')

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
      await images.setLabel(ids, imageClass?.id ?? null)
      const counted = { count: formats.number(ids.length), name: imageClass?.name ?? '' }
      tell(t(imageClass ? 'images.labelled' : 'images.cleared', counted, ids.length), ids.length)
    })

  const setSplit = (split: Split | null) =>
    attempt(async (ids) => {
      await images.setSplit(ids, split)
      const counted = { count: formats.number(ids.length), name: t(`app.split.${split ?? 'none'}`) }
      tell(t('images.splitSet', counted, ids.length), ids.length)
    })

  const remove = () =>
    attempt(async (ids) => {
      await images.remove(ids)
      announcement.value = t('images.removed', { count: formats.number(ids.length) }, ids.length)
      toast.success(announcement.value)
    })

  /** A class by its key, or no class by 0 and backspace. @returns whether the key meant anything */
  function labelByKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === '0' || event.key === 'Backspace') {
      void label(null)
      return true
    }
    const imageClass = classes.byKey.get(event.key.toLowerCase())
    if (!imageClass) return false
    void label(imageClass)
    return true
  }

  return { announcement, label, setSplit, remove, labelByKey }
}

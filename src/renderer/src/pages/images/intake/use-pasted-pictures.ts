import { onBeforeUnmount, onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from 'vue-sonner'
import { useClient } from '../../../client/index.ts'
import { toastError } from '../../../composables/use-errors.ts'
import { useFormats } from '../../../composables/use-formats.ts'
import { useClassesStore } from '../../../stores/classes.ts'
import { useImagesStore } from '../../../stores/images.ts'
import { useSavingStore } from '../../../stores/saving.ts'
import { base64Of } from '../../../client/base64-of.ts'
import { pictureName } from './picture-name.ts'

/** A request may carry 16 MiB, and base64 takes four bytes for three. */
const mostBytes = 11 * 2 ** 20
const jpegQuality = 0.95
/** What browsers call a picture that has no name. */
const unnamed = /^image\.\w+$/

/**
 * Pictures that are pasted become images of the project, with the class that alone is shown, if one is.
 *
 * @param accepts whether pictures can be pasted now
 */
export function usePastedPictures(projectId: string, accepts: () => boolean) {
  const client = useClient()
  const images = useImagesStore()
  const classes = useClassesStore()
  const saving = useSavingStore()
  const formats = useFormats()
  const { t } = useI18n()

  function onPaste(event: ClipboardEvent): void {
    const target = event.target instanceof Element ? event.target : null
    if (!accepts() || target?.closest('input, textarea, [contenteditable]')) return
    const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'))
    if (files.length === 0) return
    event.preventDefault()
    add(files).catch(toastError)
  }

  async function add(files: readonly File[]): Promise<void> {
    const { classIds } = images.filter
    const classId = (classIds?.length === 1 ? classIds[0] : null) ?? null
    const pictures = await Promise.all(files.map(pictureOf))
    const { jobId, images: added } = await saving.save(
      client.request('images.addPictures', { projectId, origin: 'clipboard', classId, pictures }),
    )
    const { imported } = await client.request('images.importReport', { projectId, jobId })
    if (imported === 0) {
      toast(t('intake.paste.known'))
      return
    }
    const told = { count: formats.number(imported), name: classes.byId.get(classId ?? 0)?.name ?? '' }
    toast.success(t(classId === null ? 'intake.paste.added' : 'intake.paste.addedTo', told, imported), {
      duration: 10_000,
      action: { label: t('intake.paste.undo'), onClick: () => void undo(added.map(({ id }) => id)) },
    })
  }

  /** Where something was done since, that stays, and only the images go. */
  async function undo(imageIds: number[]): Promise<void> {
    try {
      const { entries } = await client.request('journal.list', { projectId, limit: 1 })
      const isLast = entries[0]?.kind === 'images.import' && entries[0].summary.folder === 'clipboard'
      if (isLast && !entries[0]?.undone) await saving.save(client.request('journal.undo', { projectId }))
      else await saving.save(client.request('images.remove', { projectId, imageIds }))
    } catch (error) {
      toastError(error)
    }
  }

  onMounted(() => window.addEventListener('paste', onPaste))
  onBeforeUnmount(() => window.removeEventListener('paste', onPaste))
}

async function pictureOf(file: File): Promise<{ name: string; base64: string }> {
  const blob = file.size > mostBytes ? await asJpeg(file) : file
  const ending = blob === file ? (file.type.split('/')[1] ?? 'png').replace('jpeg', 'jpg') : 'jpg'
  const isNamed = blob === file && file.name !== '' && !unnamed.test(file.name)
  return { name: isNamed ? file.name : pictureName(new Date(), ending), base64: await base64Of(blob) }
}

/** Much smaller, and hardly to be told from it. */
async function asJpeg(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  const context = canvas.getContext('2d')
  if (context) {
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, bitmap.width, bitmap.height)
    context.drawImage(bitmap, 0, 0)
  }
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality })
}

import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import { droppedFiles } from '../client/dropped-files.ts'
import type { GivenFile } from '../client/given-files.ts'
import { toastError } from './use-errors.ts'

/** What is dragged over the window: only images, other files; null: nothing that could be dropped. */
export type DraggedFiles = 'images' | 'files' | null

/**
 * Makes the whole window a place to drop files on while the component is there.
 *
 * @param accepts whether files can be dropped now; what is dropped at other times is ignored, but never opened by the browser
 */
export function useFileDrop(onDrop: (files: GivenFile[]) => void, accepts: () => boolean = () => true) {
  const dragged = shallowRef<DraggedFiles>(null)

  function over(event: DragEvent): void {
    const transfer = event.dataTransfer
    if (!transfer?.types.includes('Files')) return
    event.preventDefault()
    const accepted = accepts()
    transfer.dropEffect = accepted ? 'copy' : 'none'
    dragged.value = accepted ? kindOf(transfer) : null
  }
  function leave(event: DragEvent): void {
    // Between elements of the window it has a target.
    if (event.relatedTarget === null) dragged.value = null
  }
  function drop(event: DragEvent): void {
    const transfer = event.dataTransfer
    dragged.value = null
    if (!transfer?.types.includes('Files')) return
    event.preventDefault()
    if (!accepts()) return
    droppedFiles(transfer).then((files) => {
      if (files.length > 0) onDrop(files)
    }, toastError)
  }

  onMounted(() => {
    window.addEventListener('dragenter', over)
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('dragenter', over)
    window.removeEventListener('dragover', over)
    window.removeEventListener('dragleave', leave)
    window.removeEventListener('drop', drop)
  })
  return { dragged }
}

/** Before a drop only types are told, and none of a folder. */
function kindOf({ items }: DataTransfer): DraggedFiles {
  const files = [...items].filter(({ kind }) => kind === 'file')
  return files.length > 0 && files.every(({ type }) => type.startsWith('image/')) ? 'images' : 'files'
}

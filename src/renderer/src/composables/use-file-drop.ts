import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import { droppedFiles, droppedPaths, type DroppedPath } from '../client/dropped-files.ts'
import type { GivenFile } from '../client/given-files.ts'
import { toastError } from './use-errors.ts'

/** What is dragged over the window: only images, other files; null: nothing that could be dropped. */
export type DraggedFiles = 'images' | 'files' | null

/** What was dropped. */
export interface DroppedFiles {
  /** In Electron: files and folders by their paths, folders not looked into; elsewhere null. */
  readonly paths: readonly DroppedPath[] | null
  /** Elsewhere: the files, those in folders too. */
  readonly files: readonly GivenFile[]
}

/**
 * Makes the whole window a place to drop files on while the component is there.
 *
 * @param accepts whether files can be dropped now; what is dropped at other times is ignored, but never opened by the browser
 */
export function useFileDrop(onDrop: (files: GivenFile[]) => void, accepts: () => boolean = () => true) {
  return useDropTarget((transfer) => {
    droppedFiles(transfer).then((files) => {
      if (files.length > 0) onDrop(files)
    }, toastError)
  }, accepts)
}

/**
 * The same for whole data sets, which core takes by their paths where there are such.
 *
 * @param onDrop also told on what they were dropped
 */
export function useDataDrop(
  onDrop: (dropped: DroppedFiles, target: Element | null) => void,
  accepts: () => boolean = () => true,
) {
  return useDropTarget((transfer, target) => {
    const paths = droppedPaths(transfer)
    if (paths) {
      if (paths.length > 0) onDrop({ paths, files: [] }, target)
      return
    }
    droppedFiles(transfer).then((files) => {
      if (files.length > 0) onDrop({ paths: null, files }, target)
    }, toastError)
  }, accepts)
}

function useDropTarget(
  onDrop: (transfer: DataTransfer, target: Element | null) => void,
  accepts: () => boolean,
) {
  const dragged = shallowRef<DraggedFiles>(null)
  /** What they are dragged over. */
  const target = shallowRef<Element | null>(null)

  function over(event: DragEvent): void {
    const transfer = event.dataTransfer
    if (!transfer?.types.includes('Files')) return
    event.preventDefault()
    const accepted = accepts()
    transfer.dropEffect = accepted ? 'copy' : 'none'
    dragged.value = accepted ? kindOf(transfer) : null
    target.value = accepted && event.target instanceof Element ? event.target : null
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
    if (accepts()) onDrop(transfer, event.target instanceof Element ? event.target : null)
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
  return { dragged, target }
}

/** Before a drop only types are told, and none of a folder. */
function kindOf({ items }: DataTransfer): DraggedFiles {
  const files = [...items].filter(({ kind }) => kind === 'file')
  return files.length > 0 && files.every(({ type }) => type.startsWith('image/')) ? 'images' : 'files'
}

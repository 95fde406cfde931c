import { onBeforeUnmount, onMounted } from 'vue'
import type { GivenFile } from '../client/given-files.ts'

/** Takes pictures that are pasted anywhere on the page, but for what is pasted into a field. */
export function usePaste(onPaste: (files: GivenFile[]) => void): void {
  function paste(event: ClipboardEvent): void {
    const { target } = event
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    onPaste(files.map((file) => ({ file, name: file.name || 'pasted.png' })))
  }
  onMounted(() => window.addEventListener('paste', paste))
  onBeforeUnmount(() => window.removeEventListener('paste', paste))
}

import { ref } from 'vue'

/** Asks for a folder with a FolderDialog that is bound to `open` and `chosen`. */
export function usePickFolder() {
  const open = ref(false)
  let whenChosen: ((path: string) => void) | null = null

  function pick(then: (path: string) => void): void {
    whenChosen = then
    open.value = true
  }

  return { open, pick, chosen: (path: string) => whenChosen?.(path) }
}

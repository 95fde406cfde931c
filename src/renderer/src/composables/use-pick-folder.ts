import { ref } from 'vue'
import { useClient } from '../client/index.ts'
import { useAppStore } from '../stores/app.ts'
import { toastError } from './use-errors.ts'

/** Asks for a folder: by the system's own dialog in Electron, elsewhere by a FolderDialog bound to `open` and `chosen`. */
export function usePickFolder(kind: 'folder' | 'project') {
  const client = useClient()
  const app = useAppStore()
  const open = ref(false)
  let whenChosen: ((path: string) => void) | null = null

  async function pick(then: (path: string) => void): Promise<void> {
    if (!app.isElectron) {
      whenChosen = then
      open.value = true
      return
    }
    try {
      const { path } = await client.request('app.pickFolder', { kind })
      if (path !== null) then(path)
    } catch (error) {
      toastError(error)
    }
  }

  return { open, pick, chosen: (path: string) => whenChosen?.(path) }
}

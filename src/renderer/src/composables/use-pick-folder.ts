import { ref } from 'vue'
import type { PickKind } from '../../../contract/requests/app.ts'
import { useClient } from '../client/index.ts'
import { useAppStore } from '../stores/app.ts'
import { toastError } from './use-errors.ts'

/** Asks for a folder, or a file of weights: by the system's own dialog in Electron, elsewhere by a FolderDialog bound to `open` and `chosen`. */
export function usePickFolder(kind: PickKind) {
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

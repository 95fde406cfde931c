import { onScopeDispose, shallowRef, watch } from 'vue'
import { handOver, type GivenFile, type HandedFiles } from '../../client/given-files.ts'

/** Where core can read a given file, for as long as it is looked at. @param given null: none is */
export function useHandedFile(given: () => GivenFile | null) {
  const path = shallowRef<string | null>(null)
  const error = shallowRef<unknown>(null)
  let handed: HandedFiles | null = null
  let abort = new AbortController()

  async function load(): Promise<void> {
    free()
    const one = given()
    if (one === null) return
    const { signal } = abort
    try {
      const found = await handOver('images', [{ file: one.file, name: '0' }], { signal })
      if (signal.aborted) return found.release()
      handed = found
      path.value = found.paths[0] ?? null
    } catch (thrown) {
      if (!signal.aborted) error.value = thrown
    }
  }

  function free(): void {
    abort.abort()
    abort = new AbortController()
    handed?.release()
    handed = null
    path.value = null
    error.value = null
  }

  watch(given, load, { immediate: true })
  onScopeDispose(free)
  return { path, error, load }
}

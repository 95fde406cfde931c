import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** An address of a file's bytes for as long as the component shows it. @param file null: there is none to show */
export function useObjectUrl(file: () => Blob | null): Ref<string | null> {
  const url = ref<string | null>(null)
  const free = (): void => {
    if (url.value !== null) URL.revokeObjectURL(url.value)
    url.value = null
  }
  watch(
    file,
    (next) => {
      free()
      if (next !== null) url.value = URL.createObjectURL(next)
    },
    { immediate: true },
  )
  onScopeDispose(free)
  return url
}

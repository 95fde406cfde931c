import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'

/** Of an element in CSS pixels, inside its border; 0 before it is laid out. */
export interface ElementSize {
  readonly width: number
  readonly height: number
}

/**
 * The size of an element of the component, followed while the component is there.
 *
 * @param onResize called with the element when it has a size or another one
 */
export function useElementSize<Kind extends HTMLElement>(
  element: Readonly<ShallowRef<Kind | null>>,
  onResize?: (element: Kind) => void,
): Readonly<ShallowRef<ElementSize>> {
  const size = shallowRef<ElementSize>({ width: 0, height: 0 })
  let observer: ResizeObserver | null = null
  onMounted(() => {
    const observed = element.value
    if (!observed) return
    observer = new ResizeObserver(() => {
      size.value = { width: observed.clientWidth, height: observed.clientHeight }
      onResize?.(observed)
    })
    observer.observe(observed)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return size
}
